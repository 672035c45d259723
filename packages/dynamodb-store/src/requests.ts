import type {
  AttributeValue,
  PutItemCommandInput,
  QueryCommandInput,
  TransactWriteItem,
  TransactWriteItemsCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { CommitTooLargeError, type PreparedPart, type PreparedTransaction } from '@everfold/core';
import { claimItemKey, EXPIRES, toClaimItem } from './claim-item.js';
import type { Item } from './commit-item.js';
import { itemBytes } from './item-bytes.js';
import { type Encoding, toItems } from './split.js';

/** No commit begins with this version yet. On failure DynamoDB hands back the one that does: it may be our own. */
const unlessVersionExists = {
  ConditionExpression: 'attribute_not_exists(#stream)',
  ExpressionAttributeNames: { '#stream': 'stream' },
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
} as const;

/** The one request of an append. */
export function toPutItem(tableName: string, item: Record<string, AttributeValue>): PutItemCommandInput {
  return { TableName: tableName, Item: item, ...unlessVersionExists };
}

/** DynamoDB's largest transaction. Source: Developer Guide, "Amazon DynamoDB Transactions: How it works". */
const LARGEST_TRANSACTION_BYTES = 4 * 1024 * 1024;
const LARGEST_TRANSACTION_ITEMS = 100;

/** A part of a transaction with what it writes: the items of a commit, or nothing that has a size worth counting. */
interface Written {
  readonly part: PreparedPart;
  readonly writes: readonly TransactWriteItem[];
  readonly bytes: number;
}

/** A transaction as one request. */
export interface TransactionRequest {
  readonly input: TransactWriteItemsCommandInput;
  /** The part that each of its items belongs to: what DynamoDB's reasons for a cancellation are about. */
  readonly parts: readonly PreparedPart[];
  readonly bytes: number;
}

/**
 * The one request of a transaction; its id makes a repeated one harmless for ten minutes.
 *
 * @throws CommitTooLargeError when its items would pass DynamoDB's 4 MB, or are more than 100.
 */
export function toTransaction(
  tableName: string,
  transaction: PreparedTransaction,
  encoding: Encoding,
): TransactionRequest {
  const { id, parts } = transaction;
  const written = parts.map((part) => write(tableName, part, transaction, encoding));
  const writes = written.flatMap((one) => one.writes);
  const bytes = written.reduce((sum, one) => sum + one.bytes, 0);
  const stream = parts.find((part) => part.kind === 'append')?.commit.stream ?? '(none)';
  if (bytes > LARGEST_TRANSACTION_BYTES) {
    const reason = `its transaction has ${bytes} bytes and DynamoDB takes ${LARGEST_TRANSACTION_BYTES}`;
    throw new CommitTooLargeError(stream, reason);
  }
  if (writes.length > LARGEST_TRANSACTION_ITEMS) {
    const reason = `its transaction has ${writes.length} items and DynamoDB takes ${LARGEST_TRANSACTION_ITEMS}`;
    throw new CommitTooLargeError(stream, reason);
  }
  return {
    input: { ClientRequestToken: id, TransactItems: writes },
    parts: written.flatMap((one) => one.writes.map(() => one.part)),
    bytes,
  };
}

function write(tableName: string, part: PreparedPart, { id, now }: PreparedTransaction, encoding: Encoding): Written {
  const seconds = { N: String(Math.floor(now / 1000)) };
  switch (part.kind) {
    case 'append': {
      const items = toItems(part.commit, part.append.snapshot, encoding);
      const writes = items.map((item) => ({ Put: toPutItem(tableName, item) }));
      return { part, writes, bytes: items.reduce((sum, item) => sum + itemBytes(item), 0) };
    }
    case 'check': {
      const { stream, version } = part.position;
      const Key = { stream: { S: stream }, version: { N: String(version + 1) } };
      return { part, writes: [{ ConditionCheck: { TableName: tableName, Key, ...unlessVersionExists } }], bytes: 0 };
    }
    case 'claim': {
      const item = toClaimItem(part, id);
      const put = {
        TableName: tableName,
        Item: item,
        ConditionExpression: 'attribute_not_exists(#stream) OR #expires <= :now',
        ExpressionAttributeNames: { '#stream': 'stream', '#expires': EXPIRES },
        ExpressionAttributeValues: { ':now': seconds },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      } as const;
      return { part, writes: [{ Put: put }], bytes: itemBytes(item) };
    }
    case 'release': {
      const remove = {
        TableName: tableName,
        Key: claimItemKey(part.key),
        ConditionExpression: 'attribute_not_exists(#stream) OR #by = :by OR #expires <= :now',
        ExpressionAttributeNames: { '#stream': 'stream', '#by': 'by', '#expires': EXPIRES },
        ExpressionAttributeValues: { ':by': { S: part.by }, ':now': seconds },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      } as const;
      return { part, writes: [{ Delete: remove }], bytes: 0 };
    }
  }
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
    KeyConditionExpression: bounded
      ? '#stream = :stream AND #version BETWEEN :from AND :upTo'
      : '#stream = :stream AND #version >= :from',
    ExpressionAttributeNames: Object.fromEntries(names),
    ExpressionAttributeValues: {
      ':stream': { S: stream },
      ':from': { N: String(from) },
      ...(bounded ? { ':upTo': { N: String(upTo) } } : {}),
    },
    ...(backward ? { ScanIndexForward: false } : {}),
    ...(attributes ? { ProjectionExpression: attributes.map((name) => `#${name}`).join(', ') } : {}),
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
