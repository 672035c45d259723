import { randomBytes } from 'node:crypto';
import { DeleteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { type Commit, endOf, type ReadRange, startOf, streamName, systemIds } from '@everfold/core';
import { afterAll, describe, expect, test } from 'vitest';
import { DynamoDBEventStore } from './store.js';
import { createTestTable } from './testing/index.js';

const table = await createTestTable();
afterAll(table.drop);
const store = new DynamoDBEventStore(table);
const metadata = { correlationId: 'c', causationId: 'k' };
const small = [{ type: 'Counted', data: 1 }];
const large = Array.from({ length: 5 }, () => ({ type: 'Written', data: randomBytes(150_000).toString('base64') }));

async function readAll(stream: string, range?: ReadRange): Promise<Commit[]> {
  const commits: Commit[] = [];
  for await (const commit of store.read(stream, range)) commits.push(commit);
  return commits;
}

async function itemVersions(stream: string): Promise<number[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.tableName,
      KeyConditionExpression: '#stream = :stream',
      ExpressionAttributeNames: { '#stream': 'stream' },
      ExpressionAttributeValues: { ':stream': { S: stream } },
      ProjectionExpression: 'version',
    }),
  );
  return Items.map(({ version }) => Number(version?.N));
}

async function removeItem(stream: string, version: number): Promise<void> {
  const Key = { stream: { S: stream }, version: { N: String(version) } };
  await table.client.send(new DeleteItemCommand({ TableName: table.tableName, Key }));
}

/** A small commit and a large one in several items, the last of which is not there yet. */
async function halfWritten() {
  const stream = streamName('order', systemIds());
  const first = await store.append({ after: startOf(stream), events: small, metadata });
  await store.append({ after: endOf(first), events: large, metadata, snapshot: { schema: '1', state: 6 } });
  const versions = await itemVersions(stream);
  await removeItem(stream, versions.at(-1) ?? 0);
  return { stream, first, versions };
}

describe('a commit of which only the first items can be seen', () => {
  test('is in several items, to begin with', async () => {
    const { versions } = await halfWritten();

    expect(versions.length).toBeGreaterThan(2);
  });

  test('is not read, in whatever direction', async () => {
    const { stream, first } = await halfWritten();

    expect(await readAll(stream)).toEqual([first]);
    expect(await readAll(stream, { backward: true })).toEqual([first]);
    expect(await readAll(stream, { upTo: 4 })).toEqual([first]);
    expect(await readAll(stream, { upTo: 4, backward: true })).toEqual([first]);
  });

  test('is not loaded', async () => {
    const { stream } = await halfWritten();
    const onlyTheFirst = { commits: [{ stream, version: 1, last: 1, events: small }] };

    expect(await store.load(stream)).toEqual(onlyTheFirst);
    expect(await store.load(stream, { snapshots: { schema: '1', every: 10 } })).toEqual(onlyTheFirst);
    expect(await store.load(stream, { upTo: 4 })).toEqual(onlyTheFirst);
  });

  test('is in the way of others all the same', async () => {
    const { first } = await halfWritten();

    await expect(store.append({ after: endOf(first), events: small, metadata })).rejects.toMatchObject({
      code: 'CONFLICT',
      winner: undefined,
    });
  });
});

describe('a commit of which an item is missing', () => {
  test('is refused where something comes after it', async () => {
    const stream = streamName('order', systemIds());
    const commit = await store.append({ after: startOf(stream), events: large, metadata });
    await store.append({ after: endOf(commit), events: small, metadata });
    const [, second = 0] = await itemVersions(stream);
    await removeItem(stream, second);

    const corrupted = { code: 'STREAM_CORRUPTED', stream, version: second };
    await expect(readAll(stream)).rejects.toMatchObject(corrupted);
    await expect(readAll(stream, { backward: true })).rejects.toMatchObject({ code: 'STREAM_CORRUPTED', stream });
    await expect(store.load(stream)).rejects.toMatchObject(corrupted);
  });
});
