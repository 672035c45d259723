import { type DynamoDBClient, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { type Append, type Commit, endOf, type NewEvent, startOf, streamName, systemIds } from '@everfold/core';
import { afterAll, describe, expect, test } from 'vitest';
import { meterCapacity } from './capacity-meter.js';
import { DynamoDBEventStore } from './store.js';
import { createTestClient, createTestTable } from './testing/index.js';

const metadata = { correlationId: 'c', causationId: 'k' };
const newStream = () => streamName('order', systemIds());
const counted = (value: unknown): NewEvent[] => [{ type: 'Counted', data: { value } }];
const creating = (stream: string, value: unknown): Append => ({
  after: startOf(stream),
  events: counted(value),
  metadata,
});

/** What becomes of the attempts of one request, one after the other; every further attempt passes. */
type Attempt = 'passes' | 'never arrives' | 'loses its response' | (() => Promise<void> | void);

const brokenConnection = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

/** A network that treats every write as told. The SDK repeats what fails, as it would on a real one. */
function breakNetwork(client: DynamoDBClient, attempts: readonly Attempt[]): void {
  const made = new WeakMap<object, number>();
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'QueryCommand') return next(args);
        const attempt = made.get(args.input) ?? 0;
        made.set(args.input, attempt + 1);
        const fate = attempts[attempt] ?? 'passes';
        if (fate === 'never arrives') throw brokenConnection();
        if (typeof fate === 'function') await fate();
        if (fate !== 'loses its response') return next(args);
        // Whatever DynamoDB answers, be it a refusal.
        await next(args).catch(() => undefined);
        throw brokenConnection();
      },
    { step: 'deserialize', name: 'breakNetwork', priority: 'high' },
  );
}

const table = await createTestTable();
afterAll(table.drop);
const sound = new DynamoDBEventStore(table);

const clients: DynamoDBClient[] = [];
afterAll(() => {
  for (const client of clients) client.destroy();
});

/** A store on the same table, over a network of its own. */
function storeWith(...attempts: Attempt[]) {
  const client = createTestClient();
  clients.push(client);
  const meter = meterCapacity(client);
  breakNetwork(client, attempts);
  return { store: new DynamoDBEventStore({ ...table, client }), requests: () => meter.read().requests };
}

async function readAll(stream: string): Promise<Commit[]> {
  const commits: Commit[] = [];
  for await (const commit of sound.read(stream)) commits.push(commit);
  return commits;
}

const transactionConflict = () => {
  throw new TransactionConflictException({ message: 'Transaction is ongoing for the item', $metadata: {} });
};

describe('an append whose response is lost', () => {
  test('is no conflict and stands once, 50 times of 50', async () => {
    const streams = Array.from({ length: 50 }, newStream);
    // A store for each: a client gives up repeating when too many of its requests fail.
    const stores = streams.map(() => storeWith('loses its response'));

    const appended = await Promise.all(
      stores.map(({ store }, index) => store.append(creating(streams[index] ?? '', index))),
    );

    expect(await Promise.all(streams.map(readAll))).toEqual(appended.map((commit) => [commit]));
    expect(stores.map(({ requests }) => requests())).toEqual(stores.map(() => ({ PutItem: 2 })));
  });

  test('stands once when the response is lost again', async () => {
    const { store, requests } = storeWith('loses its response', 'loses its response');
    const stream = newStream();

    const commit = await store.append(creating(stream, 1));

    expect(await readAll(stream)).toEqual([commit]);
    expect(requests()).toEqual({ PutItem: 3 });
  });

  test('stands when somebody has appended after it before the repeated request', async () => {
    const stream = newStream();
    const { store } = storeWith('loses its response', async () => {
      const [ours] = await readAll(stream);
      if (ours) await sound.append({ after: endOf(ours), events: counted('theirs'), metadata });
    });

    const commit = await store.append(creating(stream, 'ours'));

    const commits = await readAll(stream);
    expect(commits.map(({ events }) => events)).toEqual([counted('ours'), counted('theirs')]);
    expect(commits[0]).toEqual(commit);
  });

  test('is a conflict when it came too late in the first place', async () => {
    const { store, requests } = storeWith('loses its response');
    const stream = newStream();
    const theirs = await sound.append(creating(stream, 'theirs'));

    await expect(store.append(creating(stream, 'ours'))).rejects.toMatchObject({
      code: 'CONFLICT',
      stream,
      expected: 0,
    });

    expect(await readAll(stream)).toEqual([theirs]);
    // What DynamoDB answers to the first request is lost, too.
    expect(requests()).toEqual({ PutItem: 2 });
  });

  test('is passed on as it is when every response is lost', async () => {
    const { store } = storeWith(...new Array<Attempt>(20).fill('loses its response'));
    const stream = newStream();

    await expect(store.append(creating(stream, 1))).rejects.toThrow('socket hang up');

    expect(await readAll(stream)).toHaveLength(1);
  });
});

describe('an append that never arrives', () => {
  test('stands once when it is repeated', async () => {
    const { store } = storeWith('never arrives');
    const stream = newStream();

    const commit = await store.append(creating(stream, 1));

    expect(await readAll(stream)).toEqual([commit]);
  });

  test('is a conflict when somebody else was first before it is repeated', async () => {
    const stream = newStream();
    const { store } = storeWith('never arrives', async () => {
      await sound.append(creating(stream, 'theirs'));
    });

    await expect(store.append(creating(stream, 'ours'))).rejects.toMatchObject({
      code: 'CONFLICT',
      stream,
      expected: 0,
    });

    expect((await readAll(stream)).map(({ events }) => events)).toEqual([counted('theirs')]);
  });
});

describe('an append that meets a transaction of somebody else', () => {
  test('is a conflict, without another request', async () => {
    const { store, requests } = storeWith(transactionConflict);
    const stream = newStream();

    await expect(store.append(creating(stream, 1))).rejects.toMatchObject({ code: 'CONFLICT', stream, expected: 0 });

    expect(await readAll(stream)).toEqual([]);
    expect(requests()).toEqual({ PutItem: 1 });
  });

  test('is no conflict when it was written before its response was lost', async () => {
    const { store, requests } = storeWith('loses its response', transactionConflict);
    const stream = newStream();

    const commit = await store.append(creating(stream, 1));

    expect(await readAll(stream)).toEqual([commit]);
    expect(requests()).toEqual({ PutItem: 2, Query: 1 });
  });

  test('is a conflict when it never arrived before', async () => {
    const { store } = storeWith('never arrives', transactionConflict);
    const stream = newStream();

    await expect(store.append(creating(stream, 1))).rejects.toMatchObject({ code: 'CONFLICT', stream, expected: 0 });

    expect(await readAll(stream)).toEqual([]);
  });

  test('is a conflict when somebody else was first', async () => {
    const stream = newStream();
    const { store } = storeWith('never arrives', async () => {
      await sound.append(creating(stream, 'theirs'));
      transactionConflict();
    });

    await expect(store.append(creating(stream, 'ours'))).rejects.toMatchObject({
      code: 'CONFLICT',
      stream,
      expected: 0,
    });
  });
});

describe('a transaction whose response is lost', () => {
  test('is no conflict and stands once, 50 times of 50', async () => {
    const pairs = Array.from({ length: 50 }, () => [newStream(), newStream()]);
    const stores = pairs.map(() => storeWith('loses its response'));

    const transacted = await Promise.all(
      stores.map(({ store }, index) => store.transact((pairs[index] ?? []).map((stream) => creating(stream, index)))),
    );

    const found = await Promise.all(pairs.map((streams) => Promise.all(streams.map(readAll))));
    expect(found).toEqual(transacted.map((commits) => commits.map((commit) => [commit])));
    expect(stores.map(({ requests }) => requests())).toEqual(stores.map(() => ({ TransactWriteItems: 2 })));
  });

  test('is a conflict when it came too late in the first place', async () => {
    const { store } = storeWith('loses its response');
    const [free, taken] = [newStream(), newStream()];
    const theirs = await sound.append(creating(taken, 'theirs'));

    await expect(store.transact([creating(free, 'ours'), creating(taken, 'ours')])).rejects.toMatchObject({
      code: 'CONFLICT',
      stream: taken,
      expected: 0,
    });

    expect([await readAll(free), await readAll(taken)]).toEqual([[], [theirs]]);
  });

  test('is a conflict when it never arrived and somebody else was first', async () => {
    const [free, taken] = [newStream(), newStream()];
    const { store } = storeWith('never arrives', async () => {
      await sound.append(creating(taken, 'theirs'));
    });

    await expect(store.transact([creating(free, 'ours'), creating(taken, 'ours')])).rejects.toMatchObject({
      code: 'CONFLICT',
      stream: taken,
    });

    expect(await readAll(free)).toEqual([]);
  });
});
