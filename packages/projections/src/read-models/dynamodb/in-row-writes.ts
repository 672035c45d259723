import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { unlogged } from '@everfold/dynamodb-store';
import type { InRowWrites } from '../read-model-store.js';
import { translateWriteError } from './failures.js';
import { toPutItem } from './requests.js';
import { fromRowItem } from './row-item.js';
import { createRowLoads } from './row-loads.js';
import type { DynamoDBReadModelStoreOptions } from './store-options.js';

/**
 * What projections with positions in their rows write with, of the read-model store on a DynamoDB table: a bundle has less code with it
 * than with {@link createRowWrites}. What each method costs is said at `DynamoDBReadModelStore`.
 *
 * @example
 * ```ts
 * const readModels = createInRowWrites({ client: new DynamoDBClient({}), tableName: 'read-models' });
 * export const handler = inRowProjectionHandler({ projection: orders, eventStore, readModels });
 * ```
 */
export function createInRowWrites(options: DynamoDBReadModelStoreOptions): InRowWrites {
  const { client, tableName } = options;
  return {
    ...createRowLoads(options),

    async save(rows, write) {
      try {
        const command = new PutItemCommand(toPutItem({ tableName, rows }, write));
        await client.send(unlogged(client, command));
        return { saved: true };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return { saved: false, current: fromRowItem(error.Item) };
        throw translateWriteError(error, `Row "${write.key}" of ${rows.id}`);
      }
    },
  };
}
