import { createRequire } from 'node:module';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Commit, endOf, type SnapshotSkipped, startOf, streamName, systemClock, systemIds } from '@everfold/core';
import { describeEventStore } from '@everfold/core/testing';
import { afterAll, describe, expect, it, test } from 'vitest';
import { toItem } from './commit-item.js';
import { itemBytes } from './item-bytes.js';
import { DynamoDBEventStore } from './store.js';
import { createTestTable } from './testing/index.js';

const table = await createTestTable();
afterAll(table.drop);
const store = new DynamoDBEventStore(table);

let passed = 0;
const skipped: SnapshotSkipped[] = [];

describeEventStore(
  { describe, it },
  {
    name: 'DynamoDBEventStore',
    create: async () => ({
      store: new DynamoDBEventStore({
        ...table,
        clock: { ...systemClock, now: () => systemClock.now() + passed },
        onSnapshotSkipped: (skip) => skipped.push(skip),
      }),
    }),
    passTime: (milliseconds) => {
      passed += milliseconds;
    },
    skippedSnapshots: () => skipped,
    largestCommitBytes: 3_000_000,
    largestStateBytes: 390_000,
  },
);

const metadata = { correlationId: 'c', causationId: 'k' };
const newStream = () => streamName('order', systemIds());

async function appendThree(stream: string): Promise<readonly [Commit, Commit, Commit]> {
  const events = [
    { type: 'Counted', data: 1 },
    { type: 'Counted', data: 2 },
  ];
  const first = await store.append({ after: startOf(stream), events, metadata });
  const second = await store.append({ after: endOf(first), events, metadata });
  return [first, second, await store.append({ after: endOf(second), events, metadata })];
}

async function readAll(stream: string, from = store): Promise<Commit[]> {
  const commits: Commit[] = [];
  for await (const commit of from.read(stream)) commits.push(commit);
  return commits;
}

describe('a stream that somebody has tampered with', () => {
  test('is refused where a commit is missing', async () => {
    const stream = newStream();
    const [, second] = await appendThree(stream);
    const Key = { stream: { S: stream }, version: { N: String(second.version) } };
    await table.client.send(new DeleteItemCommand({ TableName: table.tableName, Key }));

    await expect(readAll(stream)).rejects.toMatchObject({ code: 'STREAM_CORRUPTED', stream, version: 3 });
  });

  test('is refused where the first commit is missing', async () => {
    const stream = newStream();
    await appendThree(stream);
    const Key = { stream: { S: stream }, version: { N: '1' } };
    await table.client.send(new DeleteItemCommand({ TableName: table.tableName, Key }));

    await expect(readAll(stream)).rejects.toMatchObject({ code: 'STREAM_CORRUPTED', stream, version: 1 });
  });

  test('is refused where two commits have the same version', async () => {
    const stream = newStream();
    const [, second] = await appendThree(stream);
    const doubled = toItem({ ...second, version: 4, last: 5 });
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item: doubled }));

    await expect(readAll(stream)).rejects.toMatchObject({ code: 'STREAM_CORRUPTED', stream, version: 5 });
  });

  test('is refused where an item is no commit', async () => {
    const stream = newStream();
    const [, second] = await appendThree(stream);
    const { events, ...rest } = toItem(second);
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item: rest }));

    await expect(readAll(stream)).rejects.toMatchObject({
      code: 'STREAM_CORRUPTED',
      stream,
      version: 3,
      message: expect.stringContaining('"events"'),
    });
    expect(events.S).toContain('Counted');
  });
});

describe('what DynamoDB can hold', () => {
  const commitOf = (stream: string, text: string) => ({
    after: startOf(stream),
    events: [{ type: 'Written', data: text }],
    metadata,
  });

  const plain = new DynamoDBEventStore({ ...table, compressAboveBytes: Number.POSITIVE_INFINITY });

  test('is held to the last byte', async () => {
    const stream = newStream();
    const empty = await store.append(commitOf(newStream(), ''));
    const room = 400 * 1024 - itemBytes(toItem({ ...empty, stream }));

    await plain.append(commitOf(stream, 'x'.repeat(room)));

    expect((await readAll(stream))[0]?.events).toEqual([{ type: 'Written', data: 'x'.repeat(room) }]);
    await expect(plain.append(commitOf(newStream(), 'x'.repeat(room + 1)))).rejects.toMatchObject({
      code: 'COMMIT_TOO_LARGE',
    });
  });

  test('is 4 MB in a transaction', async () => {
    const streams = Array.from({ length: 11 }, newStream);
    const text = 'x'.repeat(390_000);

    await plain.transact(streams.slice(1).map((stream) => commitOf(stream, text)));
    await expect(plain.transact(streams.map((stream) => commitOf(`${stream}-more`, text)))).rejects.toMatchObject({
      code: 'COMMIT_TOO_LARGE',
      message: expect.stringContaining('DynamoDB takes 4194304'),
    });

    expect(await readAll(`${streams[0]}-more`)).toEqual([]);
  });
});

describe('a client of another copy of the SDK', () => {
  test('is as good as one of its own', async () => {
    const client = clientOfAnotherCopy();
    expect(client).not.toBeInstanceOf(DynamoDBClient);
    const foreign = new DynamoDBEventStore({ ...table, client });
    const stream = newStream();
    const events = [{ type: 'Counted', data: 1 }];

    const commit = await foreign.append({ after: startOf(stream), events, metadata });

    expect(await readAll(stream, foreign)).toEqual([commit]);
    await expect(foreign.append({ after: startOf(stream), events, metadata })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(
      foreign.transact([
        { after: startOf(newStream()), events, metadata },
        { after: startOf(stream), events, metadata },
      ]),
    ).rejects.toMatchObject({ code: 'CONFLICT', stream });
  });
});

/** A service has its own copy of the SDK when its version differs from the one that this package depends on. */
function clientOfAnotherCopy(): DynamoDBClient {
  const require = createRequire(import.meta.url);
  delete require.cache[require.resolve('@aws-sdk/client-dynamodb')];
  const copy: typeof import('@aws-sdk/client-dynamodb') = require('@aws-sdk/client-dynamodb');
  return new copy.DynamoDBClient({
    endpoint: process.env.DYNAMODB_ENDPOINT ?? '',
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}
