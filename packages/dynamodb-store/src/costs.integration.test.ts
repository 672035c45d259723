import { randomBytes } from 'node:crypto';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  createRepository,
  defineAggregate,
  defineEvents,
  endOf,
  startOf,
  streamName,
  systemClock,
  systemIds,
} from '@everfold/core';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { meterCapacity } from './capacity-meter.js';
import { toItem } from './commit-item.js';
import { compact } from './compression.js';
import { itemBytes } from './item-bytes.js';
import { DynamoDBEventStore } from './store.js';
import { createTestTable } from './testing/index.js';

const table = await createTestTable();
afterAll(table.drop);
const meter = meterCapacity(table.client);
beforeEach(meter.reset);

const store = new DynamoDBEventStore(table);
const metadata = { correlationId: systemIds(), causationId: systemIds(), actor: 'ada' };
const newStream = () => streamName('order', systemIds());

const lineAdded = (sku: string) => ({ type: 'LineAdded', data: { sku, units: 2, priceCents: 1_250 } });
const lines = (count: number) => Array.from({ length: count }, (_, index) => lineAdded(`sku-${index}`));

const plain = new DynamoDBEventStore({ ...table, compressAboveBytes: Number.POSITIVE_INFINITY });

/** Text that nothing makes much smaller. */
const noise = (bytes: number) => randomBytes(bytes).toString('base64');

describe('an append', () => {
  test.each([
    [1, 1],
    [5, 1],
    [10, 1],
    [20, 2],
    [50, 4],
  ])('of %d small events is one PutItem of %d write units, or of one when it is compressed', async (count, units) => {
    const events = lines(count);
    const commit = await plain.append({ after: startOf(newStream()), events, metadata });
    expect(meter.read()).toEqual({ requests: { PutItem: 1 }, capacityUnits: { PutItem: units } });
    expect(Math.ceil(itemBytes(toItem(commit)) / 1_024)).toBe(units);
    meter.reset();

    await store.append({ after: startOf(newStream()), events, metadata });

    expect(meter.read()).toEqual({ requests: { PutItem: 1 }, capacityUnits: { PutItem: 1 } });
  });

  test.each([1_024, 1_025, 10 * 1_024, 10 * 1_024 + 1])('of %d bytes costs a write unit for each KB', async (bytes) => {
    const stream = newStream();
    const empty = await plain.append({ after: startOf(stream), events: [{ type: 'Written', data: '' }], metadata });
    const padding = 'x'.repeat(bytes - itemBytes(toItem(empty)));
    meter.reset();

    await plain.append({ after: endOf(empty), events: [{ type: 'Written', data: padding }], metadata });

    expect(meter.read().capacityUnits).toEqual({ PutItem: Math.ceil(bytes / 1_024) });
  });

  test.each([1_000, 2_000, 5_000, 50_000])(
    'of %d bytes of noise costs a unit for each KB of what is written',
    async (bytes) => {
      const commit = await store.append({
        after: startOf(newStream()),
        events: [{ type: 'Written', data: noise(bytes) }],
        metadata,
      });

      const written = Math.ceil(itemBytes(compact(toItem(commit), 1_024)) / 1_024);
      expect(meter.read()).toEqual({ requests: { PutItem: 1 }, capacityUnits: { PutItem: written } });
      expect(written).toBeLessThanOrEqual(Math.ceil(itemBytes(toItem(commit)) / 1_024));
    },
  );

  test('of more than an item holds is one transaction', async () => {
    const events = Array.from({ length: 4 }, () => ({ type: 'Written', data: noise(200_000) }));

    await store.append({ after: startOf(newStream()), events, metadata });

    expect(meter.read().requests).toEqual({ TransactWriteItems: 1 });
  });

  test('that conflicts is one PutItem', async () => {
    const stream = newStream();
    await store.append({ after: startOf(stream), events: lines(1), metadata });
    meter.reset();

    await expect(store.append({ after: startOf(stream), events: lines(1), metadata })).rejects.toMatchObject({
      code: 'CONFLICT',
    });

    expect(meter.read().requests).toEqual({ PutItem: 1 });
  });

  test('that is refused costs nothing', async () => {
    await expect(store.append({ after: startOf(newStream()), events: [], metadata })).rejects.toThrow('no events');
    await expect(
      store.append({ after: startOf(newStream()), events: [{ type: 'Written', data: noise(500_000) }], metadata }),
    ).rejects.toMatchObject({ code: 'COMMIT_TOO_LARGE' });

    expect(meter.read()).toEqual({ requests: {}, capacityUnits: {} });
  });
});

describe('a transaction', () => {
  // Its write units, two for each KB of each commit, cannot be seen here: DynamoDB Local reports 4, whatever is in it.
  test.each([2, 5, 100])('of %d streams is one request', async (count) => {
    const appends = Array.from({ length: count }, () => ({ after: startOf(newStream()), events: lines(1), metadata }));

    await store.transact(appends);

    expect(meter.read().requests).toEqual({ TransactWriteItems: 1 });
  });

  test('of appends, checks, claims and releases is one request', async () => {
    const claim = { name: 'email', value: systemIds() };
    const release = { name: 'email', value: systemIds() };

    await store.transact([
      { after: startOf(newStream()), events: lines(1), metadata },
      { unchanged: startOf(newStream()) },
      { claim, by: 'customer-1' },
      { release, by: 'customer-1' },
    ]);

    expect(meter.read().requests).toEqual({ TransactWriteItems: 1 });
  });

  test('of one stream is a PutItem, at half the price', async () => {
    await store.transact([{ after: startOf(newStream()), events: lines(1), metadata }]);

    expect(meter.read()).toEqual({ requests: { PutItem: 1 }, capacityUnits: { PutItem: 1 } });
  });

  test('that conflicts is one request', async () => {
    const stream = newStream();
    await store.append({ after: startOf(stream), events: lines(1), metadata });
    meter.reset();

    const appends = [newStream(), stream].map((name) => ({ after: startOf(name), events: lines(1), metadata }));
    await expect(store.transact(appends)).rejects.toMatchObject({ code: 'CONFLICT', stream });

    expect(meter.read().requests).toEqual({ TransactWriteItems: 1 });
  });
});

describe('a read', () => {
  async function readAll(stream: string): Promise<number> {
    let bytes = 0;
    for await (const commit of store.read(stream)) bytes += itemBytes(toItem(commit));
    return bytes;
  }

  test.each([
    [1, 1],
    [20, 3],
  ])('of %d small commits is one Query of %d read units', async (count, units) => {
    const stream = newStream();
    let after = startOf(stream);
    for (let commits = 0; commits < count; commits++) {
      after = endOf(await store.append({ after, events: lines(3), metadata }));
    }
    meter.reset();

    const bytes = await readAll(stream);

    expect(meter.read()).toEqual({ requests: { Query: 1 }, capacityUnits: { Query: units } });
    expect(Math.ceil(bytes / 4_096)).toBe(units);
  });

  test('of a stream that does not exist is one Query', async () => {
    await readAll(newStream());

    expect(meter.read().requests).toEqual({ Query: 1 });
  });

  test('of nothing, by its range, costs nothing', async () => {
    for await (const _ of store.read(newStream(), { after: 3, upTo: 3 })) expect.unreachable();

    expect(meter.read().requests).toEqual({});
  });

  test('of more than a megabyte is a Query for each', async () => {
    const stream = newStream();
    let after = startOf(stream);
    for (let commits = 0; commits < 5; commits++) {
      const events = [{ type: 'Written', data: 'x'.repeat(340_000) }];
      after = endOf(await plain.append({ after, events, metadata }));
    }
    meter.reset();

    await readAll(stream);

    expect(meter.read().requests).toEqual({ Query: 2 });
  });
});

describe('a read of a part', () => {
  async function streamOf(commits: number): Promise<string> {
    const stream = newStream();
    let after = startOf(stream);
    for (let count = 0; count < commits; count++)
      after = endOf(await store.append({ after, events: lines(2), metadata }));
    meter.reset();
    return stream;
  }

  test.each([
    ['the latest commits, by a limit', { backward: true, limit: 2 }, 1],
    ['what comes after a commit', { after: 6 }, 1],
    ['what comes after the middle of a commit', { after: 7 }, 2],
    ['what comes after the last commit', { after: 8 }, 2],
    ['what comes before a version', { upTo: 5 }, 1],
  ])('of %s: %o in %d Query requests', async (_name, range, requests) => {
    const stream = await streamOf(4);

    for await (const _ of store.read(stream, range));

    expect(meter.read().requests).toEqual({ Query: requests });
  });

  test('of two commits out of many reads no more than them', async () => {
    const stream = await streamOf(40);

    for await (const _ of store.read(stream, { backward: true, limit: 2 }));

    expect(meter.read()).toEqual({ requests: { Query: 1 }, capacityUnits: { Query: 1 } });
  });
});

describe('a snapshot', () => {
  const counter = defineAggregate({
    category: 'counter',
    events: defineEvents({ Counted: z.object({ by: z.number() }) }),
    initial: () => ({ total: 0 }),
    evolve: { Counted: (state, { by }) => ({ total: state.total + by }) },
    snapshot: { every: 100, schema: '1' },
    commands: {
      count: (_state, times: number) => Array.from({ length: times }, () => ({ type: 'Counted', data: { by: 1 } })),
    },
  });
  const counters = createRepository(counter, { store });

  test('makes loading 10,000 events one request', async () => {
    const id = systemIds();
    for (let commits = 0; commits < 90; commits++) await counters.execute(id, 'count', 110);
    for (let commits = 0; commits < 100; commits++) await counters.execute(id, 'count', 1);
    meter.reset();

    const { state, version } = await counters.load(id);

    expect({ state, version }).toEqual({ state: { total: 10_000 }, version: 10_000 });
    expect(meter.read().requests).toEqual({ Query: 1 });
  });

  test('costs no request of its own', async () => {
    const id = systemIds();

    await counters.execute(id, 'count', 100);
    await counters.execute(id, 'count', 1);

    expect(meter.read()).toEqual({ requests: { Query: 2, PutItem: 2 }, capacityUnits: { Query: 1, PutItem: 2 } });
  });

  test('that is added later is a Query of one item and an UpdateItem', async () => {
    const commit = await store.append({ after: startOf(newStream()), events: lines(1), metadata });
    meter.reset();

    await store.saveSnapshot(endOf(commit), { schema: '1', state: { total: 1 } });

    expect(meter.read()).toEqual({
      requests: { Query: 1, UpdateItem: 1 },
      capacityUnits: { Query: 1, UpdateItem: 1 },
    });
  });
});

describe('a look at who holds a value', () => {
  test('is one GetItem', async () => {
    expect(await store.holderOf({ name: 'email', value: systemIds() })).toBeUndefined();

    expect(meter.read()).toEqual({ requests: { GetItem: 1 }, capacityUnits: { GetItem: 1 } });
  });
});

describe('a command', () => {
  const order = defineAggregate({
    category: 'order',
    events: defineEvents({ LineAdded: z.object({ sku: z.string(), units: z.number(), priceCents: z.number() }) }),
    initial: () => ({ lines: 0 }),
    evolve: { LineAdded: (state) => ({ lines: state.lines + 1 }) },
    commands: {
      add: (_state, sku: string) => [{ type: 'LineAdded', data: { sku, units: 1, priceCents: 100 } }],
      ignore: () => [],
    },
  });
  const orders = createRepository(order, { store });

  test('is one Query and one PutItem', async () => {
    const id = systemIds();
    await orders.execute(id, 'add', 'a');
    meter.reset();

    const { state } = await orders.execute(id, 'add', 'b');

    expect(state).toEqual({ lines: 2 });
    expect(meter.read()).toEqual({ requests: { Query: 1, PutItem: 1 }, capacityUnits: { Query: 1, PutItem: 1 } });
  });

  test('that finds somebody else first costs a request more than loading and appending again', async () => {
    const id = systemIds();
    const racing = createRepository(order, {
      store: beforeFirstAppend(() => orders.execute(id, 'add', 'theirs')),
      clock: { ...systemClock, sleep: async () => undefined },
    });

    await racing.execute(id, 'add', 'ours');

    // Theirs is a Query and a PutItem; ours a Query and a PutItem that fails, and both again.
    expect(meter.read().requests).toEqual({ Query: 1 + 2, PutItem: 1 + 2 });
  });

  test('that decides nothing is one Query', async () => {
    await orders.execute(systemIds(), 'ignore', undefined);

    expect(meter.read().requests).toEqual({ Query: 1 });
  });
});

/** The store, and what happens just before something is appended for the first time. */
function beforeFirstAppend(happen: () => Promise<unknown>): DynamoDBEventStore {
  const racing = new DynamoDBEventStore(table);
  let happened = false;
  racing.append = async (append) => {
    if (!happened) await happen();
    happened = true;
    return store.append(append);
  };
  return racing;
}

describe('the meter', () => {
  test('begins anew when it is reset, and does not change what was read off before', async () => {
    await store.append({ after: startOf(newStream()), events: lines(1), metadata });
    const before = meter.read();
    meter.reset();

    await store.append({ after: startOf(newStream()), events: lines(1), metadata });
    await store.append({ after: startOf(newStream()), events: lines(1), metadata });

    expect(before).toEqual({ requests: { PutItem: 1 }, capacityUnits: { PutItem: 1 } });
    expect(meter.read()).toEqual({ requests: { PutItem: 2 }, capacityUnits: { PutItem: 2 } });
  });

  test('lets requests pass that consume no capacity', async () => {
    await table.client.send(new DescribeTableCommand({ TableName: table.tableName }));

    expect(meter.read()).toEqual({ requests: { DescribeTable: 1 }, capacityUnits: {} });
  });
});
