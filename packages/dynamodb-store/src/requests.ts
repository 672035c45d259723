import type { PutItemCommandInput, QueryCommandInput, TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import type { Commit, ReadRange } from '@everfold/core';
import { toItem } from './commit-item.js';

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

/** The one request of a transaction; the first commit's id makes a repeated one harmless for ten minutes. */
export function toTransactWriteItems(tableName: string, commits: readonly [Commit, ...Commit[]]): TransactWriteItemsCommandInput {
  return {
    ClientRequestToken: commits[0].id,
    TransactItems: commits.map((commit) => ({ Put: { TableName: tableName, Item: toItem(commit), ...unlessVersionExists } })),
  };
}

/** A page of a stream, in version order. Consistent, because decisions are taken on it. */
export function toQuery(tableName: string, stream: string, { after = 0, upTo }: ReadRange): QueryCommandInput {
  const bounded = upTo !== undefined;
  return {
    TableName: tableName,
    ConsistentRead: true,
    KeyConditionExpression: bounded ? '#stream = :stream AND #version BETWEEN :from AND :upTo' : '#stream = :stream AND #version >= :from',
    ExpressionAttributeNames: { '#stream': 'stream', '#version': 'version' },
    ExpressionAttributeValues: {
      ':stream': { S: stream },
      ':from': { N: String(after + 1) },
      ...(bounded ? { ':upTo': { N: String(upTo) } } : {}),
    },
  };
}
