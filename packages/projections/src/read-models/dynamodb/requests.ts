import type {
  AttributeValue,
  BatchExecuteStatementCommandInput,
  GetItemCommandInput,
  PutItemCommandInput,
  QueryCommandInput,
  TransactWriteItem,
  TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Bounds } from '../listed.js';
import type { Place } from '../page.js';
import type { Advance, Increment, RowSet, RowWrite, Transaction } from '../read-model-store.js';
import { ADDED, BEGUN, groupOf, partOf, positionKey, rowKey, toRowItem } from './row-item.js';
import { LISTING_INDEX } from './table.js';

/** A table, and the rows in it. */
export interface TableRows {
  readonly tableName: string;
  readonly rows: RowSet;
}

/**
 * The one request that writes a row, if it is still at the revision that it was read at. On failure DynamoDB hands back what the row is by
 * now, which saves reading it again.
 */
export function toPutItem(
  { tableName, rows }: TableRows,
  write: RowWrite,
): PutItemCommandInput & { Item: Record<string, AttributeValue> } {
  return {
    TableName: tableName,
    Item: toRowItem(rows, write),
    ...unlessWrittenSince(write),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/**
 * The one request that writes rows, each if it is not there. An INSERT fails where an item has the key, on its own.
 * Source: DynamoDB Developer Guide, "PartiQL insert statements for DynamoDB".
 */
export function toInserts(
  { tableName, rows }: TableRows,
  writes: readonly RowWrite[],
): BatchExecuteStatementCommandInput {
  return {
    Statements: writes.map((write) => {
      const item = toRowItem(rows, write);
      const values = Object.keys(item).map((name) => `'${name}': ?`);
      return {
        Statement: `INSERT INTO "${tableName}" VALUE {${values.join(', ')}}`,
        Parameters: Object.values(item),
      };
    }),
  };
}

/** The one request of a transaction: first the advances, then the writes, then the increments. */
export function toTransactWriteItems(
  table: TableRows,
  { advances, writes, increments }: Transaction,
): TransactWriteItemsCommandInput {
  return {
    TransactItems: [
      ...advances.map((advance) => toAdvance(table, advance)),
      ...writes.map((write) => ({ Put: toPutItem(table, write) })),
      ...increments.map((increment) => toIncrement(table, increment)),
    ],
  };
}

export function toGetItem({ tableName, rows }: TableRows, key: string, consistent: boolean): GetItemCommandInput {
  return { TableName: tableName, Key: rowKey(rows, key), ConsistentRead: consistent };
}

/** What a page is to hold. */
export interface PageQuery {
  readonly after: Place | undefined;
  readonly limit: number;
  readonly descending: boolean;
}

/** A page of a group, out of the index. */
export function toListQuery(
  { tableName, rows }: TableRows,
  group: string,
  { after, limit, descending, ...bounds }: PageQuery & Bounds,
): QueryCommandInput {
  const hash = { S: groupOf(rows, group) };
  const [sort, key] = after ?? [];
  const range = rangeOf(bounds);
  return {
    TableName: tableName,
    IndexName: LISTING_INDEX,
    KeyConditionExpression: ['#group = :group', ...range.conditions].join(' AND '),
    ExpressionAttributeNames: { '#group': 'group', ...range.names },
    ExpressionAttributeValues: { ':group': hash, ...range.values },
    Limit: limit,
    ScanIndexForward: !descending,
    ...(sort === undefined || key === undefined
      ? {}
      : { ExclusiveStartKey: { ...rowKey(rows, key), group: hash, sort: { S: sort } } }),
  };
}

/** DynamoDB takes one condition on the sort key. Source: Developer Guide, "Key condition expressions for the Query operation". */
function rangeOf({ from, upTo }: Bounds) {
  if (from === undefined && upTo === undefined) return { conditions: [], names: {}, values: {} };
  const values = {
    ...(from === undefined ? {} : { ':from': { S: from } }),
    ...(upTo === undefined ? {} : { ':upTo': { S: upTo } }),
  };
  return { conditions: [`#sort ${operatorOf({ from, upTo })}`], names: { '#sort': 'sort' }, values };
}

function operatorOf({ from, upTo }: Record<keyof Bounds, string | undefined>): string {
  if (upTo === undefined) return '>= :from';
  return from === undefined ? '<= :upTo' : 'BETWEEN :from AND :upTo';
}

/** A page of one partition of rows, without those that were removed. */
export function toShardQuery(
  { tableName, rows }: TableRows,
  shard: number,
  { after, limit, descending, consistent }: PageQuery & { readonly consistent: boolean },
): QueryCommandInput {
  const part = { S: partOf(rows, shard) };
  const [key] = after ?? [];
  return {
    TableName: tableName,
    ConsistentRead: consistent,
    KeyConditionExpression: '#part = :part',
    FilterExpression: 'attribute_not_exists(#removed)',
    ExpressionAttributeNames: { '#part': 'part', '#removed': 'removed' },
    ExpressionAttributeValues: { ':part': part },
    Limit: limit,
    ScanIndexForward: !descending,
    ...(key === undefined ? {} : { ExclusiveStartKey: { part, key: { S: key } } }),
  };
}

/** The condition that an item is still at the revision that it was read at. */
export function unlessWrittenSince({ revision }: { readonly revision: number }) {
  const names = { ExpressionAttributeNames: { '#rev': 'rev' } };
  if (revision === 0) return { ...names, ConditionExpression: 'attribute_not_exists(#rev)' };
  return {
    ...names,
    ConditionExpression: '#rev = :rev',
    ExpressionAttributeValues: { ':rev': { N: String(revision) } },
  };
}

/**
 * Everything up to `from` is known to be in the rows, so a position at or below it, or none, leaves exactly the events
 * after `from` to be applied. When an event is begun, the position is just before it, and it is that position only.
 */
function toAdvance({ tableName, rows }: TableRows, advance: Advance): TransactWriteItem {
  const { stream, from, to, rowsFrom = 0, rowsTo = 0 } = advance;
  return {
    Update: {
      TableName: tableName,
      Key: positionKey(rows, stream),
      UpdateExpression: rowsTo === 0 ? 'SET #position = :to REMOVE #begun' : 'SET #position = :to, #begun = :rowsTo',
      ConditionExpression:
        rowsFrom === 0
          ? '(attribute_not_exists(#position) OR #position <= :from) AND attribute_not_exists(#begun)'
          : '#position = :from AND #begun = :rowsFrom',
      ExpressionAttributeNames: { '#position': 'position', '#begun': BEGUN },
      ExpressionAttributeValues: {
        ':from': { N: String(from) },
        ':to': { N: String(to) },
        ...(rowsFrom === 0 ? {} : { ':rowsFrom': { N: String(rowsFrom) } }),
        ...(rowsTo === 0 ? {} : { ':rowsTo': { N: String(rowsTo) } }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** A removed row begins anew with the amounts. */
function toIncrement({ tableName, rows }: TableRows, { key, amounts }: Increment): TransactWriteItem {
  const fields = Object.entries(amounts);
  const additions = ['#rev :one', ...fields.map((_, index) => `#field${index} :amount${index}`)];
  return {
    Update: {
      TableName: tableName,
      Key: rowKey(rows, key),
      UpdateExpression: `ADD ${additions.join(', ')} REMOVE #removed`,
      ExpressionAttributeNames: {
        '#rev': 'rev',
        '#removed': 'removed',
        ...Object.fromEntries(fields.map(([field], index) => [`#field${index}`, `${ADDED}${field}`])),
      },
      ExpressionAttributeValues: {
        ':one': { N: '1' },
        ...Object.fromEntries(fields.map(([, amount], index) => [`:amount${index}`, { N: String(amount) }])),
      },
    },
  };
}
