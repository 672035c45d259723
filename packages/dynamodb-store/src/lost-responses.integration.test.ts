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

/** What becomes of the attempts to write, one after the other; every further attempt passes. */
type Attempt = 'passes' | 'never arrives' | 'loses its response' | (() => Promise<void> | void);

const brokenConnection = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

/** A network that treats every write as told. The SDK repeats what fails, as it would on a real one. */
function breakNetwork(client: DynamoDBClient, attempts: readonly Attempt[]): void {
  let made = 0;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'QueryCommand') return next(args);
        const fate = attempts[made] ?? 'passes';
        made++;
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

/** A store on the same table, over a network of its own. The SDK makes up to 3 attempts, the store as many as the time allows. */
function storeWith(...attempts: Attempt[]) {
  const client = createTestClient();
  clients.push(client);
  const meter = meterCapacity(client);
  breakNetwork(client, attempts);
  const store = new DynamoDBEventStore({ ...table, client, budgetMs: 2_000 });
  return { store, requests: () => meter.read().requests };
}

async function readAll(stream: string): Promise<Commit[]> {
  const commits: Commit[] = [];
  for await (const commit of sound.read(stream)) commits.push(commit);
  return commits;
}

const transactionConflict = () => {
  throw new TransactionConflictException({ message: 'Transaction is ongoing for the item', $metadata: {} });
};

/**
 * Writes 1,000 times, 50 at once, over networks that lose the response to every first attempt.
 *
 * @param requests - What each network has to have carried in the end.
 */
async function writeAThousand(
  write: (store: DynamoDBEventStore, index: number) => Promise<void>,
  requests: Readonly<Record<string, number>>,
): Promise<void> {
  const lanes = Array.from({ length: 50 }, async (_, lane) => {
    // A client gives up repeating when too many of its requests fail.
    const { store, requests: carried } = storeWith(
      ...Array.from({ length: 20 }, () => ['loses its response', 'passes'] as const).flat(),
    );
    for (let index = 0; index < 20; index++) await write(store, lane * 20 + index);
    expect(carried()).toEqual(requests);
  });
  await Promise.all(lanes);
}

describe('an append whose response is lost', () => {
  test('is no conflict and stands once, 1,000 times of 1,000', async () => {
    await writeAThousand(
      async (store, index) => {
        const stream = newStream();
        const appended = await store.append(creating(stream, index));
        expect(await readAll(stream)).toEqual([appended]);
      },
      { PutItem: 40 },
    );
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

  test('is reported as unavailable when every response is lost, once the time is up', async () => {
    const { store, requests } = storeWith(...new Array<Attempt>(10_000).fill('loses its response'));
    const stream = newStream();

    const append = store.within(500).append(creating(stream, 1));

    await expect(append).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('(socket hang up)'),
    });
    expect(await readAll(stream)).toHaveLength(1);
    // The SDK alone would have made 3.
    expect(requests().PutItem).toBeGreaterThan(3);
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
  test('waits for it to end, and is no conflict when the other wrote nothing', async () => {
    const { store, requests } = storeWith(transactionConflict, transactionConflict);
    const stream = newStream();

    const commit = await store.append(creating(stream, 1));

    expect(await readAll(stream)).toEqual([commit]);
    expect(requests()).toEqual({ PutItem: 3 });
  });

  test('is waited for by a snapshot as well', async () => {
    const stream = newStream();
    const commit = await sound.append(creating(stream, 1));
    const { store, requests } = storeWith(transactionConflict);

    expect(await store.saveSnapshot(endOf(commit), { schema: '1', state: 1 })).toBe(true);

    expect(requests()).toEqual({ Query: 1, UpdateItem: 2 });
  });

  test('is a conflict when the other does not end in time', async () => {
    const { store } = storeWith(...new Array<Attempt>(10_000).fill(transactionConflict));
    const stream = newStream();

    await expect(store.within(200).append(creating(stream, 1))).rejects.toMatchObject({
      code: 'CONFLICT',
      stream,
      expected: 0,
    });

    expect(await readAll(stream)).toEqual([]);
  });

  test('is no conflict when it was written before its response was lost', async () => {
    const { store, requests } = storeWith('loses its response', transactionConflict);
    const stream = newStream();

    const commit = await store.append(creating(stream, 1));

    expect(await readAll(stream)).toEqual([commit]);
    expect(requests()).toEqual({ PutItem: 3 });
  });

  test('looks whether it was written when the other does not end in time', async () => {
    const { store, requests } = storeWith('loses its response', transactionConflict);
    const stream = newStream();

    const commit = await store.within(0).append(creating(stream, 1));

    expect(await readAll(stream)).toEqual([commit]);
    expect(requests()).toEqual({ PutItem: 2, Query: 1 });
  });

  test('is a conflict when it never arrived, and the other does not end in time', async () => {
    const { store } = storeWith('never arrives', transactionConflict);
    const stream = newStream();

    await expect(store.within(0).append(creating(stream, 1))).rejects.toMatchObject({ code: 'CONFLICT', stream });

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
  test('is no conflict and stands once, 1,000 times of 1,000', async () => {
    await writeAThousand(
      async (store, index) => {
        const streams = [newStream(), newStream()];
        const commits = await store.transact(streams.map((stream) => creating(stream, index)));
        expect(await Promise.all(streams.map(readAll))).toEqual(commits.map((commit) => [commit]));
      },
      { TransactWriteItems: 40 },
    );
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
