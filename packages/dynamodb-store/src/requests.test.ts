import type { Commit } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { toItem } from './commit-item.js';
import { toPutItem, toQuery, toTransactWriteItems } from './requests.js';

function commitOf(stream: string, data: unknown = 1): Commit {
  return {
    stream,
    version: 1,
    last: 1,
    id: `id-of-${stream}`,
    at: '2026-01-02T03:04:05.006Z',
    events: [{ type: 'Counted', data }],
    metadata: { correlationId: 'c', causationId: 'k' },
  };
}

describe('toPutItem', () => {
  test('puts the item unless its version exists, and asks for the one that does', () => {
    const commit = commitOf('order-1');

    expect(toPutItem('events', commit)).toStrictEqual({
      TableName: 'events',
      Item: toItem(commit),
      ConditionExpression: 'attribute_not_exists(#stream)',
      ExpressionAttributeNames: { '#stream': 'stream' },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  });
});

describe('toTransactWriteItems', () => {
  test('puts every item unless its version exists, under a token that makes a repeated request harmless', () => {
    const [order, stock] = [commitOf('order-1'), commitOf('stock-1')];

    const unlessVersionExists = {
      ConditionExpression: 'attribute_not_exists(#stream)',
      ExpressionAttributeNames: { '#stream': 'stream' },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };
    expect(toTransactWriteItems('events', [order, stock])).toStrictEqual({
      ClientRequestToken: 'id-of-order-1',
      TransactItems: [
        { Put: { TableName: 'events', Item: toItem(order), ...unlessVersionExists } },
        { Put: { TableName: 'events', Item: toItem(stock), ...unlessVersionExists } },
      ],
    });
  });

  test('refuses more than 4 MB', () => {
    const commits = Array.from({ length: 11 }, (_, index) => commitOf(`order-${index}`, 'x'.repeat(390_000)));
    const [first = commitOf('order'), ...others] = commits;

    expect(toTransactWriteItems('events', [first, ...others.slice(1)]).TransactItems).toHaveLength(10);
    expect(() => toTransactWriteItems('events', [first, ...others])).toThrow(
      expect.objectContaining({
        code: 'COMMIT_TOO_LARGE',
        stream: 'order-0',
        message: expect.stringContaining('bytes and DynamoDB takes 4194304'),
      }),
    );
  });
});

describe('toQuery', () => {
  const names = { '#stream': 'stream', '#version': 'version' };

  test('reads a stream consistently, from its start to its end', () => {
    expect(toQuery('events', 'order-1', {})).toStrictEqual({
      TableName: 'events',
      ConsistentRead: true,
      KeyConditionExpression: '#stream = :stream AND #version >= :from',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ':stream': { S: 'order-1' }, ':from': { N: '1' } },
    });
  });

  test('begins with the version after the last known', () => {
    expect(toQuery('events', 'order-1', { after: 7 }).ExpressionAttributeValues).toEqual({
      ':stream': { S: 'order-1' },
      ':from': { N: '8' },
    });
  });

  test('ends with a version', () => {
    expect(toQuery('events', 'order-1', { after: 7, upTo: 9 })).toMatchObject({
      KeyConditionExpression: '#stream = :stream AND #version BETWEEN :from AND :upTo',
      ExpressionAttributeValues: { ':stream': { S: 'order-1' }, ':from': { N: '8' }, ':upTo': { N: '9' } },
    });
  });

  test('takes an infinite end for no end', () => {
    const unbounded = toQuery('events', 'order-1', { upTo: Number.POSITIVE_INFINITY });

    expect(unbounded).toEqual(toQuery('events', 'order-1', {}));
  });
});
