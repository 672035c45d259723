import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { createRepository, defineAggregate, defineEvents, endOf, startOf, streamName, systemIds } from '@everfold/core';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { meterCapacity } from './capacity-meter.js';
import { itemBytes, toItem } from './commit-item.js';
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

describe('an append', () => {
  test.each([
    [1, 1],
    [5, 1],
    [50, 4],
  ])('of %d small events is one PutItem of %d write units', async (count, units) => {
    const commit = await store.append({ after: startOf(newStream()), events: lines(count), metadata });

    expect(meter.read()).toEqual({ requests: { PutItem: 1 }, capacityUnits: { PutItem: units } });
    expect(Math.ceil(itemBytes(toItem(commit)) / 1_024)).toBe(units);
  });

  test.each([1_024, 1_025, 10 * 1_024, 10 * 1_024 + 1])('of %d bytes costs a write unit for each KB', async (bytes) => {
    const stream = newStream();
    const empty = await store.append({ after: startOf(stream), events: [{ type: 'Written', data: '' }], metadata });
    const padding = 'x'.repeat(bytes - itemBytes(toItem(empty)));
    meter.reset();

    await store.append({ after: endOf(empty), events: [{ type: 'Written', data: padding }], metadata });

    expect(meter.read().capacityUnits).toEqual({ PutItem: Math.ceil(bytes / 1_024) });
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
      store.append({ after: startOf(newStream()), events: [{ type: 'Written', data: 'x'.repeat(500_000) }], metadata }),
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
      after = endOf(await store.append({ after, events, metadata }));
    }
    meter.reset();

    await readAll(stream);

    expect(meter.read().requests).toEqual({ Query: 2 });
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

  test('that decides nothing is one Query', async () => {
    await orders.execute(systemIds(), 'ignore', undefined);

    expect(meter.read().requests).toEqual({ Query: 1 });
  });
});

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
