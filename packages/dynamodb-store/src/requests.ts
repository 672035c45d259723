import type {
  QueryCommandInput,
  TransactWriteItemsCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { CommitTooLargeError } from '@everfold/core';
import type { Item } from './commit-item.js';
import { itemBytes } from './item-bytes.js';
import type { Write } from './writes.js';

/** No commit begins with this version yet. On failure DynamoDB hands back the one that does: it may be our own. */
export const unlessVersionExists = {
  ConditionExpression: 'attribute_not_exists(#stream)',
  ExpressionAttributeNames: { '#stream': 'stream' },
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
} as const;

/** The one request of an append, or its part in a transaction. */
export function toPut(tableName: string, item: Item) {
  return { TableName: tableName, Item: item, ...unlessVersionExists };
}

/** DynamoDB's largest transaction. Source: Developer Guide, "Amazon DynamoDB Transactions: How it works". */
const LARGEST_TRANSACTION = { bytes: 4 * 1024 * 1024, items: 100 };

/**
 * The one request of a transaction; its id makes a repeated one harmless for ten minutes.
 *
 * @throws CommitTooLargeError when its items would pass DynamoDB's 4 MB, or are more than 100.
 */
export function toTransaction(id: string, writes: readonly Write[]): TransactWriteItemsCommandInput {
  const size = { bytes: bytesOf(writes), items: writes.length };
  for (const unit of ['bytes', 'items'] as const) {
    if (size[unit] <= LARGEST_TRANSACTION[unit]) continue;
    const stream = writes.find(({ commit }) => commit)?.commit?.stream ?? '(none)';
    const reason = `its transaction has ${size[unit]} ${unit} and DynamoDB takes ${LARGEST_TRANSACTION[unit]}`;
    throw new CommitTooLargeError(stream, reason);
  }
  return { ClientRequestToken: id, TransactItems: writes.map(({ item }) => item) };
}

/** Bytes of the items that are put. What is checked or removed has no size worth counting. */
export function bytesOf(writes: readonly Write[]): number {
  return writes.reduce((sum, { item: { Put } }) => sum + (Put?.Item ? itemBytes(Put.Item) : 0), 0);
}

/** Which items of a stream are queried. */
export interface QueryRange {
  /** First version that an item may begin with. */
  readonly from: number;
  /** Last version that an item may begin with. Default: no bound. */
  readonly upTo?: number | undefined;
  readonly backward?: boolean | undefined;
}

/**
 * The first page of a stream, in version order or from its end. Consistent, because decisions are taken on it.
 *
 * @param attributes - Those wanted of each item. Default: all.
 */
export function toQuery(
  tableName: string,
  stream: string,
  { from, upTo, backward }: QueryRange,
  attributes?: readonly string[],
): QueryCommandInput {
  const bounded = upTo !== undefined && Number.isFinite(upTo);
  const names = ['stream', 'version', ...(attributes ?? [])].map((name) => [`#${name}`, name]);
  return {
    TableName: tableName,
    ConsistentRead: true,
    KeyConditionExpression: `#stream = :stream AND #version ${bounded ? 'BETWEEN :from AND :upTo' : '>= :from'}`,
    ExpressionAttributeNames: Object.fromEntries(names),
    ExpressionAttributeValues: {
      ':stream': { S: stream },
      ':from': { N: String(from) },
      ...(bounded && { ':upTo': { N: String(upTo) } }),
    },
    ...(backward && { ScanIndexForward: false }),
    ...(attributes && { ProjectionExpression: attributes.map((name) => `#${name}`).join(', ') }),
  };
}

/** Adds the snapshot of an item, as `snapshotAttributes` made it, to the item that is there, if it is still that commit. */
export function toSnapshotUpdate(tableName: string, item: Item): UpdateItemCommandInput {
  const { stream, version, commit, state, schema, enc } = item;
  const packed = state?.B !== undefined && enc !== undefined;
  return {
    TableName: tableName,
    Key: { stream: stream ?? { S: '' }, version: version ?? { N: '' } },
    UpdateExpression: `SET #state = :state, #schema = :schema${packed ? ', #enc = :enc' : ''}`,
    ConditionExpression: '#commit = :commit',
    ExpressionAttributeNames: {
      '#state': 'state',
      '#schema': 'schema',
      '#commit': 'commit',
      ...(packed ? { '#enc': 'enc' } : {}),
    },
    ExpressionAttributeValues: {
      ':state': state ?? { S: '' },
      ':schema': schema ?? { S: '' },
      ':commit': commit ?? { S: '' },
      ...(packed ? { ':enc': enc } : {}),
    },
  };
}
