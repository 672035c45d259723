import type { CreateTableCommandInput, UpdateTimeToLiveCommandInput } from '@aws-sdk/client-dynamodb';
import { EXPIRES } from './claim-item.js';

/**
 * The event table: a hash key for the stream, a range key for the version, and a stream of new images.
 * Everything else is in the items. Plain data, for tests, the local host and infrastructure code alike.
 *
 * @param tableName - The name the table has on its account and region.
 *
 * @example
 * ```ts
 * await client.send(new CreateTableCommand(eventTable('events')));
 * ```
 */
export function eventTable(tableName: string) {
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'stream', AttributeType: 'S' },
      { AttributeName: 'version', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'stream', KeyType: 'HASH' },
      { AttributeName: 'version', KeyType: 'RANGE' },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  } as const satisfies CreateTableCommandInput;
}

/**
 * Has DynamoDB remove unique values whose time is over. Without it they count as free all the same, but take up space.
 *
 * @param tableName - The event table's name.
 *
 * @example
 * ```ts
 * await client.send(new UpdateTimeToLiveCommand(eventTableTimeToLive('events')));
 * ```
 */
export function eventTableTimeToLive(tableName: string) {
  return {
    TableName: tableName,
    TimeToLiveSpecification: { Enabled: true, AttributeName: EXPIRES },
  } as const satisfies UpdateTimeToLiveCommandInput;
}
