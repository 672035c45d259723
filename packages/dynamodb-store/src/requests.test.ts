import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type Append,
  preparePart,
  prepareTransaction,
  startOf,
  systemClock,
  type TransactionPart,
} from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { allParts } from './claim-writes.js';
import { toItem } from './commit-item.js';
import { toPut, toQuery, toSnapshotUpdate, toTransaction } from './requests.js';
import { storeContext } from './store-context.js';

const metadata = { correlationId: 'c', causationId: 'k' };
const clock = { ...systemClock, now: () => Date.parse('2026-01-02T03:04:05.006Z') };

function appendOf(stream: string, data: unknown = 1): Append {
  return { after: startOf(stream), events: [{ type: 'Counted', data }], metadata };
}

const options = { client: new DynamoDBClient({ region: 'local' }), tableName: 'events', clock };

/** The request of a transaction, what is known of each of its items, and the commits in it. */
function requestOf(parts: readonly TransactionPart[], { compressAboveBytes = 1_024 } = {}) {
  let made = 0;
  const ids = () => `id-${made++}`;
  const context = storeContext({ ...options, ids, compressAboveBytes });
  const transaction = prepareTransaction(parts, context, preparePart);
  const writes = transaction.parts.flatMap((part) => allParts.toWrites(part, context, transaction));
  const commits = transaction.parts.flatMap((part) => (part.kind === 'append' ? [part.commit] : []));
  return { input: toTransaction(transaction.id, writes), writes, commits };
}

const unlessVersionExists = {
  ConditionExpression: 'attribute_not_exists(#stream)',
  ExpressionAttributeNames: { '#stream': 'stream' },
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
};

describe('toPut', () => {
  test('puts the item unless its version exists, and asks for the one that does', () => {
    const item = { stream: { S: 'order-1' }, version: { N: '1' } };

    expect(toPut('events', item)).toStrictEqual({ TableName: 'events', Item: item, ...unlessVersionExists });
  });
});

describe('toTransaction', () => {
  test('puts every item unless its version exists, under a token that makes a repeated request harmless', () => {
    const { input, commits, writes } = requestOf([appendOf('order-1'), appendOf('stock-1')]);
    const [order, stock] = commits;
    if (order === undefined || stock === undefined) throw new Error('There are two commits.');

    expect(input).toStrictEqual({
      ClientRequestToken: 'id-0',
      TransactItems: [
        { Put: { TableName: 'events', Item: toItem(order), ...unlessVersionExists } },
        { Put: { TableName: 'events', Item: toItem(stock), ...unlessVersionExists } },
      ],
    });
    expect(writes.map(({ commit }) => commit)).toEqual(commits);
  });

  test('checks that nothing comes after a position', () => {
    const { input } = requestOf([appendOf('order-1'), { unchanged: startOf('stock-1') }]);

    expect(input.TransactItems?.[1]).toStrictEqual({
      ConditionCheck: {
        TableName: 'events',
        Key: { stream: { S: 'stock-1' }, version: { N: '1' } },
        ...unlessVersionExists,
      },
    });
  });

  test('claims a value that nobody holds, or no longer', () => {
    const claim = { claim: { name: 'email', value: 'ada@example.com' }, by: 'customer-7', forSeconds: 60 };

    const { input } = requestOf([claim]);

    expect(input.TransactItems).toStrictEqual([
      {
        Put: {
          TableName: 'events',
          Item: {
            stream: { S: '$claim-email:ada@example.com' },
            version: { N: '0' },
            by: { S: 'customer-7' },
            commit: { S: 'id-0' },
            expires: { N: '1767323106' },
          },
          ConditionExpression: 'attribute_not_exists(#stream) OR #expires <= :now',
          ExpressionAttributeNames: { '#stream': 'stream', '#expires': 'expires' },
          ExpressionAttributeValues: { ':now': { N: '1767323045' } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
    ]);
  });

  test('releases a value of its holder', () => {
    const { input } = requestOf([{ release: { name: 'email', value: 'ada@example.com' }, by: 'customer-7' }]);

    expect(input.TransactItems).toMatchObject([
      {
        Delete: {
          Key: { stream: { S: '$claim-email:ada@example.com' }, version: { N: '0' } },
          ConditionExpression: 'attribute_not_exists(#stream) OR #by = :by OR #expires <= :now',
          ExpressionAttributeValues: { ':by': { S: 'customer-7' }, ':now': { N: '1767323045' } },
        },
      },
    ]);
  });

  test('tells of every item the commit that it belongs to', () => {
    const noise = Array.from({ length: 4 }, () => ({ type: 'Written', data: randomBytes(150_000).toString('base64') }));
    const large = { ...appendOf('order-1'), events: noise };

    const { input, commits, writes } = requestOf([large, { unchanged: startOf('stock-1') }]);

    const items = input.TransactItems ?? [];
    expect(items.length).toBeGreaterThan(2);
    expect(writes.map(({ item }) => item)).toEqual(items);
    expect(writes.map(({ commit }) => commit)).toEqual([...items.slice(1).map(() => commits[0]), undefined]);
  });

  test('refuses more than 4 MB', () => {
    const asIs = { compressAboveBytes: Number.POSITIVE_INFINITY };
    const appends = Array.from({ length: 11 }, (_, index) => appendOf(`order-${index}`, 'x'.repeat(390_000)));

    expect(requestOf(appends.slice(1), asIs).input.TransactItems).toHaveLength(10);
    expect(() => requestOf(appends, asIs)).toThrow(
      expect.objectContaining({
        code: 'COMMIT_TOO_LARGE',
        stream: 'order-0',
        message: expect.stringContaining('bytes and DynamoDB takes 4194304'),
      }),
    );
  });

  test('refuses more than 100 items', () => {
    const noise = Array.from({ length: 2 }, () => ({ type: 'Written', data: randomBytes(300_000).toString('base64') }));
    const parts = Array.from({ length: 99 }, (_, index) => appendOf(`order-${index}`));

    expect(() => requestOf([...parts, { ...appendOf('large-1'), events: noise }])).toThrow(
      expect.objectContaining({
        code: 'COMMIT_TOO_LARGE',
        message: expect.stringContaining('101 items and DynamoDB takes 100'),
      }),
    );
  });
});

describe('toSnapshotUpdate', () => {
  const item = { ...toItem({ ...commitOf(), version: 3, last: 3 }), state: { S: '7' }, schema: { S: '1' } };

  test('sets the state of the very commit that it was made of', () => {
    expect(toSnapshotUpdate('events', item)).toStrictEqual({
      TableName: 'events',
      Key: { stream: { S: 'order-1' }, version: { N: '3' } },
      UpdateExpression: 'SET #state = :state, #schema = :schema',
      ConditionExpression: '#commit = :commit',
      ExpressionAttributeNames: { '#state': 'state', '#schema': 'schema', '#commit': 'commit' },
      ExpressionAttributeValues: { ':state': { S: '7' }, ':schema': { S: '1' }, ':commit': { S: 'id' } },
    });
  });

  test('says how the state is compressed', () => {
    const packed = { ...item, state: { B: Uint8Array.of(1) }, enc: { S: 'gzip' } };

    expect(toSnapshotUpdate('events', packed)).toMatchObject({
      UpdateExpression: 'SET #state = :state, #schema = :schema, #enc = :enc',
      ExpressionAttributeValues: { ':enc': { S: 'gzip' } },
    });
  });
});

function commitOf() {
  return {
    stream: 'order-1',
    version: 1,
    last: 1,
    id: 'id',
    at: '2026-01-02T03:04:05.006Z',
    events: [{ type: 'Counted', data: 1 }],
    metadata,
  };
}

describe('toQuery', () => {
  const names = { '#stream': 'stream', '#version': 'version' };

  test('reads a stream consistently, from its start to its end', () => {
    expect(toQuery('events', 'order-1', { from: 1 })).toStrictEqual({
      TableName: 'events',
      ConsistentRead: true,
      KeyConditionExpression: '#stream = :stream AND #version >= :from',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ':stream': { S: 'order-1' }, ':from': { N: '1' } },
    });
  });

  test('begins with the version after the last known', () => {
    expect(toQuery('events', 'order-1', { from: 8 }).ExpressionAttributeValues).toEqual({
      ':stream': { S: 'order-1' },
      ':from': { N: '8' },
    });
  });

  test('ends with a version', () => {
    expect(toQuery('events', 'order-1', { from: 8, upTo: 9 })).toMatchObject({
      KeyConditionExpression: '#stream = :stream AND #version BETWEEN :from AND :upTo',
      ExpressionAttributeValues: { ':stream': { S: 'order-1' }, ':from': { N: '8' }, ':upTo': { N: '9' } },
    });
  });

  test('takes an infinite end for no end', () => {
    const unbounded = toQuery('events', 'order-1', { from: 1, upTo: Number.POSITIVE_INFINITY });

    expect(unbounded).toEqual(toQuery('events', 'order-1', { from: 1 }));
  });

  test('begins at the end', () => {
    expect(toQuery('events', 'order-1', { from: 1, backward: true })).toHaveProperty('ScanIndexForward', false);
  });

  test('asks for some attributes only', () => {
    expect(toQuery('events', 'order-1', { from: 1 }, ['version', 'events'])).toMatchObject({
      ProjectionExpression: '#version, #events',
      ExpressionAttributeNames: { '#stream': 'stream', '#version': 'version', '#events': 'events' },
    });
  });
});
