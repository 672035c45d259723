import type { PutItemCommandInput, QueryCommandInput, TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import { type Commit, CommitTooLargeError, type ReadRange } from '@everfold/core';
import { itemBytes, toItem } from './commit-item.js';

/** No commit begins with this version yet. On failure DynamoDB hands back the one that does: it may be our own. */
const unlessVersionExists = {
  ConditionExpression: 'attribute_not_exists(#stream)',
  ExpressionAttributeNames: { '#stream': 'stream' },
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
} as const;

/** The one request of an append. */
export function toPutItem(tableName: string, commit: Commit): PutItemCommandInput {
  return { TableName: tableName, Item: toItem(commit), ...unlessVersionExists };
}

/** DynamoDB's largest transaction. Source: Developer Guide, "Amazon DynamoDB Transactions: How it works". */
const LARGEST_TRANSACTION_BYTES = 4 * 1024 * 1024;

/**
 * The one request of a transaction; the first commit's id makes a repeated one harmless for ten minutes.
 *
 * @throws CommitTooLargeError when the items together would pass DynamoDB's 4 MB.
 */
export function toTransactWriteItems(
  tableName: string,
  commits: readonly [Commit, ...Commit[]],
): TransactWriteItemsCommandInput {
  const items = commits.map(toItem);
  const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
  if (bytes > LARGEST_TRANSACTION_BYTES) {
    const reason = `its transaction has ${bytes} bytes and DynamoDB takes ${LARGEST_TRANSACTION_BYTES}`;
    throw new CommitTooLargeError(commits[0].stream, reason);
  }
  return {
    ClientRequestToken: commits[0].id,
    TransactItems: items.map((Item) => ({ Put: { TableName: tableName, Item, ...unlessVersionExists } })),
  };
}

/** The first page of a stream, in version order. Consistent, because decisions are taken on it. */
export function toQuery(tableName: string, stream: string, { after = 0, upTo }: ReadRange): QueryCommandInput {
  const bounded = upTo !== undefined && Number.isFinite(upTo);
  return {
    TableName: tableName,
    ConsistentRead: true,
    KeyConditionExpression: bounded
      ? '#stream = :stream AND #version BETWEEN :from AND :upTo'
      : '#stream = :stream AND #version >= :from',
    ExpressionAttributeNames: { '#stream': 'stream', '#version': 'version' },
    ExpressionAttributeValues: {
      ':stream': { S: stream },
      ':from': { N: String(after + 1) },
      ...(bounded ? { ':upTo': { N: String(upTo) } } : {}),
    },
  };
}
