import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { type Commit, endOf, startOf } from '@everfold/core';
import { DynamoDBEventStore, meterCapacity } from '@everfold/dynamodb-store';
import { createTestClient, createTestTable } from '@everfold/dynamodb-store/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { createProjector } from '../apply/projector.js';
import { DynamoDBReadModelStore } from '../read-models/dynamodb/dynamodb-read-model-store.js';
import { createReadModelTable } from '../read-models/dynamodb/read-model-table.test.fixture.js';
import { rebuild } from '../rebuild/rebuild.js';
import { stillClock } from '../rebuild/rebuild.test.fixture.js';
import { placed, revenue } from '../shop.test.fixture.js';
import { dropVersion } from './drop-version.js';
import { inTurn } from './in-turn.js';
import { createLiveProjector } from './live-projector.js';
import { switchReads } from './switch-reads.js';
import { createVersionedReader } from './versioned-reader.js';
import { ordersVersion } from './versions.test.fixture.js';

const [events, rows] = await Promise.all([createTestTable(), createReadModelTable()]);
const client = createTestClient();
afterAll(async () => {
  await Promise.all([events.drop(), rows.drop()]);
  client.destroy();
});
const eventStore = new DynamoDBEventStore(events);
const metadata = { correlationId: 'c', causationId: 'c' };

async function partsOf(name: string): Promise<string[]> {
  const parts: string[] = [];
  const { Items = [] } = await rows.client.send(new ScanCommand({ TableName: rows.tableName }));
  for (const { part } of Items) if (part?.S?.startsWith(name)) parts.push(part.S);
  return parts;
}

describe('while a new version is built, switched to, and the old one dropped', () => {
  it('no read fails and none steps back, while events are appended', async () => {
    const clock = stillClock();
    const store = new DynamoDBEventStore({ ...events, clock });
    const readModels = new DynamoDBReadModelStore(rows);
    const [v1, v2] = [ordersVersion(1, 'shop'), ordersVersion(2, 'shop')];
    const live = (projection: typeof v1) => createLiveProjector({ projection, eventStore: store, readModels, clock });
    const reader = createVersionedReader([v1, v2], readModels, { cacheMs: 200, clock });
    const streams = Array.from({ length: 6 }, (_, index) => `order-${index}`);
    const last = new Map<string, Commit>();
    let handle = live(v1);
    let over = false;

    /** Appends to every order in turn, each time at a higher price. */
    const append = async (price: number) => {
      const batch: Commit[] = [];
      for (const stream of streams) {
        const before = last.get(stream);
        const after = before === undefined ? startOf(stream) : endOf(before);
        const commit = await store.append({ after, events: [placed(price)], metadata });
        last.set(stream, commit);
        batch.push(commit);
      }
      clock.time += 50;
      expect(await handle(batch)).toEqual([]);
    };
    let price = 0;
    const appending = async (batches: number) => {
      for (let batch = 0; batch < batches; batch++) await append(++price);
    };
    await appending(3);

    let reads = 0;
    const versions = new Set<number>();
    const reading = (async () => {
      const seen = new Map<string, number>();
      while (!over) {
        for (const stream of streams) {
          const row = await reader.get(stream, { consistent: true });
          const cents = row?.cents ?? Number.NaN;
          expect(cents).toBeGreaterThanOrEqual(seen.get(stream) ?? 1);
          seen.set(stream, cents);
          reads++;
        }
        const { cursor } = await reader.list({ group: 'placed', limit: 1 });
        if (cursor !== undefined) versions.add(Number(cursor.split('.')[0]));
      }
    })();

    handle = inTurn(live(v2), live(v1));
    await appending(2);
    clock.time += 10_000;
    await Promise.all([appending(6), rebuild({ projection: v2, eventStore: store, readModels, clock, unitEvents: 3 })]);
    await Promise.all([appending(4), switchReads({ from: v1, to: v2, readModels, clock })]);
    await appending(8);
    handle = live(v2);
    clock.time += 61_000;
    await appending(1);
    await Promise.all([appending(6), dropVersion({ version: v1, readModels, clock })]);
    await appending(3);
    over = true;
    await reading;

    expect(reads).toBeGreaterThan(50);
    expect([...versions]).toEqual([1, 2]);
    expect(await partsOf('shop@1')).toEqual([]);
    expect((await reader.get('order-0', { consistent: true }))?.cents).toBe(price);
  });
});

describe('costs', () => {
  const meter = meterCapacity(client);
  const readModels = new DynamoDBReadModelStore({ client, tableName: rows.tableName });
  const [v1, v2] = [ordersVersion(1, 'costs'), ordersVersion(2, 'costs')];

  async function costOf(action: () => Promise<unknown>) {
    meter.reset();
    await action();
    return meter.read();
  }

  it('are three units read and one written for a switch', async () => {
    await rebuild({ projection: v2, eventStore, readModels });

    const cost = await costOf(() => switchReads({ from: v1, to: v2, proof: 'waived', readModels }));

    // DynamoDB Local counts nothing for an item that is not there: of three, the record of the rebuild is.
    expect(cost).toEqual({ requests: { BatchGetItem: 3, PutItem: 1 }, capacityUnits: { BatchGetItem: 1, PutItem: 1 } });
  });

  it('are one unit read for the pointer, once in its time', async () => {
    const clock = stillClock();
    const reader = createVersionedReader([v1, v2], readModels, { clock });

    const first = await costOf(() => reader.get('order-1'));
    const second = await costOf(() => reader.get('order-1'));

    expect(first).toEqual({ requests: { GetItem: 2 }, capacityUnits: { GetItem: 1.5 } });
    expect(second).toEqual({ requests: { GetItem: 1 }, capacityUnits: { GetItem: 0.5 } });
  });

  it('are one unit written for the mark of a live handler, once in five seconds', async () => {
    const clock = stillClock();
    const handle = createLiveProjector({ projection: v2, eventStore, readModels, clock });
    const empty = await costOf(() => handle([]));
    const soon = await costOf(() => handle([]));
    clock.time += 5_000;
    const later = await costOf(() => handle([]));

    expect(empty.requests).toEqual({ BatchGetItem: 1, PutItem: 1 });
    expect(soon.requests).toEqual({});
    expect(later).toEqual({ requests: { PutItem: 1 }, capacityUnits: { PutItem: 1 } });
  });
});

describe('dropping a version', () => {
  it('removes rows, positions and notes, at the pace that is asked for, and goes on where it stopped', async () => {
    const clock = stillClock();
    const readModels = new DynamoDBReadModelStore({ ...rows, clock });
    const its = (id: string) => ({ ...revenue, rows: { id, spread: 4 } });
    for (const id of ['gone@1', 'gone@10', 'gone@2']) {
      const projector = createProjector({ projection: its(id), eventStore, readModels });
      for await (const { commits } of eventStore.scan()) expect(await projector(commits)).toEqual([]);
    }
    await rebuild({ projection: its('gone@1'), eventStore, readModels, clock });
    expect(new Set((await partsOf('gone@1/')).map((part) => part.split('/')[1]))).toEqual(
      new Set(['rows', 'positions', 'state']),
    );
    const others = [...(await partsOf('gone@10/')), ...(await partsOf('gone@2/'))].sort();
    await switchReads({ from: its('gone@2'), to: its('gone@2'), readModels, clock });
    const cursors: string[] = [];
    clock.slept.length = 0;

    const removed = await dropVersion({
      version: its('gone@1'),
      readModels,
      clock,
      unitsPerSecond: 1,
      onProgress: ({ cursor }) => cursors.push(cursor),
    });

    expect(removed).toBeGreaterThan(6);
    expect(clock.slept.length).toBeGreaterThan(0);
    expect(await partsOf('gone@1/')).toEqual([]);
    expect([...(await partsOf('gone@10/')), ...(await partsOf('gone@2/'))].sort()).toEqual(others);
    // The last page has nothing after it: resumed there, it is read again.
    expect(await dropVersion({ version: its('gone@1'), readModels, clock, cursor: cursors.at(-1) ?? '' })).toBe(0);
    await expect(dropVersion({ version: its('gone@1'), readModels, clock, cursor: 'nonsense' })).rejects.toThrow(
      'cursor',
    );
  });
});
