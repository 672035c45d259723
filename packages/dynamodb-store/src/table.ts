import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

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
