import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock, Random } from '@everfold/core';

/** What the store works with. */
export interface DynamoDBReadModelStoreOptions {
  readonly client: DynamoDBClient;
  /** The table made from `readModelTable`. */
  readonly tableName: string;
  readonly clock?: Clock;
  readonly random?: Random;
}
