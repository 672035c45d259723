import { type CapacityMeter, DynamoDBEventStore, meterCapacity } from '@everfold/dynamodb-store';
import { createTestClient, createTestTable } from '@everfold/dynamodb-store/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { createProjector } from './apply/projector.js';
import { put } from './changes.js';
import { defineProjection } from './projection.js';
import { rowsOf } from './projection-rows.js';
import { DynamoDBReadModelStore } from './read-models/dynamodb/dynamodb-read-model-store.js';
import { createReadModelTable } from './read-models/dynamodb/read-model-table.test.fixture.js';
import { createReader } from './reader.js';
import { cancelled, captured, noted, orderEvents, orders, placed, record, revenue } from './shop.test.fixture.js';
import { waitFor } from './wait-for.js';

const [rowsTable, eventsTable] = await Promise.all([createReadModelTable(), createTestTable()]);
afterAll(() => Promise.all([rowsTable.drop(), eventsTable.drop()]));

const client = createTestClient();
afterAll(() => client.destroy());
const meter: CapacityMeter = meterCapacity(client);
const readModels = new DynamoDBReadModelStore({ client, tableName: rowsTable.tableName });
const eventStore = new DynamoDBEventStore({ client, tableName: eventsTable.tableName });

const ordersReader = createReader(orders, readModels);
const revenueReader = createReader(revenue, readModels);
const startOrders = () => createProjector({ projection: orders, eventStore, readModels });
const startRevenue = () => createProjector({ projection: revenue, eventStore, readModels });

/** A row of so many KB for each order. */
const texts = defineProjection({
  name: 'texts',
  version: 1,
  events: orderEvents,
  rows: rowsOf<{ readonly text: string }>(),
  positions: 'beside-rows',
  on: { OrderPlaced: ({ data }) => put(data.day, { text: 'x'.repeat(data.cents * 1024) }) },
});

/** What an action sends and consumes. */
async function costOf(action: () => Promise<unknown>) {
  meter.reset();
  await action();
  return meter.read();
}

describe('positions in the rows cost', () => {
  it('one read of the rows and one write for each row, however many commits change it', async () => {
    const order = await record(eventStore, 'order-a1', [placed(5)], [noted], [placed(7)]);
    const other = await record(eventStore, 'order-a2', [placed(6)]);

    const cost = await costOf(() => startOrders()([...order, ...other]));

    // A unit for each row in the table, and one in the index. DynamoDB Local counts no unit for a row that is not there.
    expect(cost).toEqual({ requests: { BatchGetItem: 1, PutItem: 2 }, capacityUnits: { BatchGetItem: 0, PutItem: 4 } });
  });

  it('a read unit for each row that is there, and two writes of the index when its place changes', async () => {
    const payment = await record(eventStore, 'payment-a1', [captured('order-a1', 5)]);
    const other = await record(eventStore, 'payment-a2', [captured('order-a2', 6)]);

    const cost = await costOf(() => startOrders()([...payment, ...other]));

    expect(cost).toEqual({ requests: { BatchGetItem: 1, PutItem: 2 }, capacityUnits: { BatchGetItem: 2, PutItem: 6 } });
  });

  it('no write for a duplicate, and nothing at all when the process remembers', async () => {
    const commits = await record(eventStore, 'order-b1', [placed(5)]);
    const warm = startOrders();
    await warm(commits);

    expect(await costOf(() => warm(commits))).toEqual({ requests: {}, capacityUnits: {} });
    expect(await costOf(() => startOrders()(commits))).toEqual({
      requests: { BatchGetItem: 1 },
      capacityUnits: { BatchGetItem: 1 },
    });
  });

  it('one Query of the event table for a gap', async () => {
    const commits = await record(eventStore, 'order-c1', [placed(5)], [noted], [cancelled]);
    const projector = startOrders();
    await projector(commits.slice(0, 1));

    const cost = await costOf(() => projector(commits.slice(2)));

    expect(cost.requests).toEqual({ BatchGetItem: 1, Query: 1, PutItem: 1 });
    expect(cost.capacityUnits.Query).toBe(1);
    expect(await ordersReader.get('order-c1', { consistent: true })).toMatchObject({ status: 'cancelled' });
  });

  it('one BatchGetItem for a hundred rows', async () => {
    const streams = Array.from({ length: 101 }, (_, index) => `order-d${index}`);
    const commits = await Promise.all(streams.map((stream) => record(eventStore, stream, [placed(1)])));

    const cost = await costOf(() => startOrders()(commits.flat()));

    expect(cost.requests).toEqual({ BatchGetItem: 2, PutItem: 101 });
  });
});

describe('positions beside the rows cost', () => {
  it('one transaction for a batch, and no read', async () => {
    const streams = Array.from({ length: 98 }, (_, index) => `order-e${index}`);
    const commits = await Promise.all(
      streams.map((stream) => record(eventStore, stream, [placed(1, 'e1'), placed(2, 'e2')])),
    );

    const cost = await costOf(() => startRevenue()(commits.flat()));

    expect(cost.requests).toEqual({ TransactWriteItems: 1 });
    expect((await revenueReader.get('e1', { consistent: true }))?.orders).toBe(98);
  });

  it('no read for the next commits of a stream, seen by the same process', async () => {
    const commits = await record(eventStore, 'order-f1', [placed(1, 'f')], [noted], [placed(2, 'f')]);
    const projector = startRevenue();
    await projector(commits.slice(0, 1));

    const cost = await costOf(() => projector(commits.slice(1)));

    expect(cost.requests).toEqual({ TransactWriteItems: 1 });
  });

  it('one read unit for the position of each stream that the process has not seen', async () => {
    const commits = await record(eventStore, 'order-g1', [placed(1, 'g')], [placed(2, 'g')]);
    await startRevenue()(commits.slice(0, 1));

    const cost = await costOf(() => startRevenue()(commits.slice(1)));

    expect(cost.requests).toEqual({ BatchGetItem: 1, TransactWriteItems: 1 });
    expect(cost.capacityUnits.BatchGetItem).toBe(1);
  });

  it('one transaction for 99 rows or 4 MB, when a commit changes more', async () => {
    const days = Array.from({ length: 1000 }, (_, index) => placed(1, `wide-${index}`));
    const [wide, ...others] = await record(eventStore, 'order-wide', days, [placed(2, 'wide-0')]);
    const projector = startRevenue();

    const cost = await costOf(() => projector(wide === undefined ? [] : [wide]));

    expect(cost.requests).toEqual({ TransactWriteItems: 11 });
    expect((await costOf(() => startRevenue()(wide === undefined ? [] : [wide]))).requests).toEqual({
      TransactWriteItems: 1,
    });
    await projector(others);
    expect(await revenueReader.get('wide-0', { consistent: true })).toEqual({ orders: 2, cents: 3 });

    const bulky = await record(
      eventStore,
      'order-bulky',
      Array.from({ length: 20 }, (_, index) => placed(300, `bulky-${index}`)),
    );
    const bytes = await costOf(() => createProjector({ projection: texts, eventStore, readModels })(bulky));
    expect(bytes.requests).toEqual({ BatchGetItem: 1, TransactWriteItems: 2 });
  });

  it('one read more for rows that are folded', async () => {
    const first = await record(eventStore, 'order-t1', [placed(1, 't1'), placed(2, 't2')]);
    await createProjector({ projection: texts, eventStore, readModels })(first);
    const second = await record(eventStore, 'order-t2', [placed(1, 't1'), placed(1, 't2')]);

    const cost = await costOf(() => createProjector({ projection: texts, eventStore, readModels })(second));

    // DynamoDB Local does not count the units of a transaction as AWS does.
    expect(cost.requests).toEqual({ BatchGetItem: 1, TransactWriteItems: 1 });
    expect(cost.capacityUnits.BatchGetItem).toBe(2);
  });

  it('one transaction for a duplicate, and nothing when the process remembers', async () => {
    const commits = await record(eventStore, 'order-dup', [placed(1, 'dup')]);
    const warm = startRevenue();
    await warm(commits);

    expect((await costOf(() => startRevenue()(commits))).requests).toEqual({ TransactWriteItems: 1 });
    expect(await costOf(() => warm(commits))).toEqual({ requests: {}, capacityUnits: {} });
  });

  it('one transaction more when others were first, and no read to find out', async () => {
    const commits = await record(eventStore, 'order-h1', [placed(1, 'h')], [placed(2, 'h')]);
    await startRevenue()(commits.slice(0, 1));

    const cost = await costOf(() => startRevenue()(commits));

    expect(cost.requests).toEqual({ TransactWriteItems: 2 });
    expect(await revenueReader.get('h', { consistent: true })).toEqual({ orders: 2, cents: 3 });
  });
});

describe('waiting costs', () => {
  it('one Query of the event table, and one BatchGetItem for each look', async () => {
    const [commit] = await record(eventStore, 'order-w1', [placed(1, 'w')]);
    const version = 1;
    await startOrders()(commit === undefined ? [] : [commit]);
    await startRevenue()(commit === undefined ? [] : [commit]);
    const look = { requests: { Query: 1, BatchGetItem: 1 }, capacityUnits: { Query: 1, BatchGetItem: 1 } };
    const options = { readModels, eventStore, timeoutMs: 0 };

    expect(await costOf(() => waitFor(orders, { stream: 'order-w1', version }, options))).toEqual(look);
    expect(await costOf(() => waitFor(revenue, { stream: 'order-w1', version }, options))).toEqual(look);
  });
});

describe('reading costs', () => {
  it('half a unit for a row, a whole one when consistent', async () => {
    expect(await costOf(() => ordersReader.get('order-a1'))).toEqual({
      requests: { GetItem: 1 },
      capacityUnits: { GetItem: 0.5 },
    });
    expect(await costOf(() => ordersReader.get('order-a1', { consistent: true }))).toEqual({
      requests: { GetItem: 1 },
      capacityUnits: { GetItem: 1 },
    });
  });

  it('one Query for a page of a listing', async () => {
    const cost = await costOf(() => ordersReader.list({ group: 'placed', limit: 20, descending: true }));

    expect(cost).toEqual({ requests: { Query: 1 }, capacityUnits: { Query: 0.5 } });
  });

  it('one Query for each partition of all rows', async () => {
    expect((await costOf(() => revenueReader.all())).requests).toEqual({ Query: 1 });
    expect((await costOf(() => ordersReader.all({ limit: 1000 }))).requests).toEqual({ Query: 16 });
  });
});
