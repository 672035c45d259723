import type { CreateTableCommandInput, UpdateTimeToLiveCommandInput } from '@aws-sdk/client-dynamodb';

/** The table's one index: rows by group, in the order of `sort`. */
export const LISTING_INDEX = 'listing';

/** The attribute by which DynamoDB removes counts that came to nothing: its time to live, in seconds since 1970. */
export const READ_MODEL_EXPIRES = 'expires';

/**
 * The table for the read models of a service: any number of projections, and versions of them, share it.
 *
 * | attribute | type | what |
 * |---|---|---|
 * | `part` | S, hash key | `<projection>@<version>/rows/<shard>`: the shard is a hash of the key, so that a large projection is spread over partitions and `all` is still a Query |
 * | `key` | S, range key | the row's key |
 * | `rev` | N | counts the writes of the row |
 * | `row` | S | the row as JSON: decoding is native `JSON.parse` |
 * | `+<field>` | N | what was added to a number since `row` was written, for rows that are added to without being read |
 * | `removed` | BOOL | the row is gone; what it had applied stays |
 * | `applied` | M of N | stream → version that the row has applied (positions in the row) |
 * | `settled` | M of N | stream → version up to which all rows had it, where that is less |
 * | `group`, `sort` | S, S | keys of the index, on listed rows only: `<projection>@<version>/<group>` and the place in it |
 *
 * A stream's position (positions beside the rows) is an item of its own: `part` is
 * `<projection>@<version>/positions/<stream>`, `key` is `position`, and `position` (N) the version; `begun` (N) counts the
 * rows of the event after it that are in, while an event is written by several transactions. Every stream is a partition,
 * because positions are only ever read by key.
 *
 * What is known of failures of a stream, in one projection, is an item of its own, too: `part` is
 * `<projection>@<version>/parking/<stream>`, `key` is `standing`. It has `rev`, `failed@<version>` and `since@<version>` (failed
 * attempts at a commit, and the time of the first), `expires` (on counts only), `skipped` (S, JSON: versions that were
 * skipped) and, while the stream waits, `state`, the entry as `row`, and `group` `parked/<projection>@<version>`. Beside it, with the key
 * `skipped/<version>`, an entry for each skipped commit, in the group `skipped/<projection>@<version>`.
 *
 * The index holds `row` only, so that it is not written when just a position changes. Reads of an index are eventually
 * consistent. Source: DynamoDB Developer Guide, "Using Global Secondary Indexes in DynamoDB".
 *
 * @param tableName - The name the table has on its account and region.
 */
export function readModelTable(tableName: string) {
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'part', AttributeType: 'S' },
      { AttributeName: 'key', AttributeType: 'S' },
      { AttributeName: 'group', AttributeType: 'S' },
      { AttributeName: 'sort', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'part', KeyType: 'HASH' },
      { AttributeName: 'key', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: LISTING_INDEX,
        KeySchema: [
          { AttributeName: 'group', KeyType: 'HASH' },
          { AttributeName: 'sort', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['row'] },
      },
    ],
  } as const satisfies CreateTableCommandInput;
}

/**
 * Has DynamoDB remove counts of failures that came to nothing, a week after the last. Without it they take up space.
 *
 * @param tableName - The name of the read-model table.
 *
 * @example
 * ```ts
 * await client.send(new UpdateTimeToLiveCommand(readModelTableTimeToLive('read-models')));
 * ```
 */
export function readModelTableTimeToLive(tableName: string) {
  return {
    TableName: tableName,
    TimeToLiveSpecification: { Enabled: true, AttributeName: READ_MODEL_EXPIRES },
  } as const satisfies UpdateTimeToLiveCommandInput;
}
