import { type Append, type Commit, defineEvents } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { add, put, update } from '../changes.js';
import { defineProjection } from '../projection.js';
import { rowsOf } from '../projection-rows.js';
import type { InMemoryReadModelStore } from '../read-models/in-memory-read-model-store.js';
import { orderEvents, placed, record, revenue } from '../shop.test.fixture.js';
import { pick, setUp } from './projector.test.fixture.js';

/** An event that changes so many rows, and what it does to them. */
function spread(rows: number): Append['events'][number] {
  return { type: 'Spread', data: { rows } };
}

const spreadEvents = defineEvents({ Spread: z.object({ rows: z.number() }) });
const keyOf = (index: number) => String(index).padStart(4, '0');
const keysOf = (rows: number) => Array.from({ length: rows }, (_, index) => keyOf(index));

const wide = defineProjection({
  name: 'wide',
  version: 1,
  events: spreadEvents,
  rows: rowsOf<{ count: number }>(),
  positions: 'beside-rows',
  on: { Spread: ({ data }) => keysOf(data.rows).map((key) => add(key, { count: 1 })) },
});

/** Every row is of 300 KB. */
const bulky = defineProjection({
  name: 'bulky',
  version: 1,
  events: { ...orderEvents, ...spreadEvents },
  rows: rowsOf<{ text: string }>(),
  positions: 'beside-rows',
  on: {
    OrderPlaced: ({ data }) => put(data.day, { text: 'x'.repeat(data.cents * 1024) }),
    Spread: ({ data }) => keysOf(data.rows).map((key) => put(key, { text: 'x'.repeat(300 * 1024) })),
  },
});

/** Every row is of 300 KB until it is changed again. */
const shrinking = defineProjection({
  name: 'shrinking',
  version: 1,
  events: spreadEvents,
  rows: rowsOf<{ count: number; text: string }>(),
  positions: 'beside-rows',
  on: {
    Spread: ({ data }) =>
      keysOf(data.rows).map((key) =>
        update(key, (row) => ({ count: (row?.count ?? 0) + 1, text: row === undefined ? 'x'.repeat(300 * 1024) : '' })),
      ),
  },
});

const fragile = defineProjection({
  name: 'fragile',
  version: 1,
  events: orderEvents,
  rows: rowsOf<{ orders: number; cents: number }>(),
  positions: 'beside-rows',
  on: {
    OrderPlaced: ({ data }) =>
      update(data.day, (row) => {
        if (data.cents === 13) throw new Error('13 is unlucky');
        return { orders: (row?.orders ?? 0) + 1, cents: (row?.cents ?? 0) + data.cents };
      }),
  },
});

const days = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => placed(1, `day-${from + index}`));

async function countsOf(store: InMemoryReadModelStore, rows: number, of: Pick<typeof wide, 'rows'> = wide) {
  const stored = await store.load(of.rows, keysOf(rows));
  return [...stored.values()].map(({ row }) => row?.count);
}

describe('a commit that changes more than a transaction takes, with positions beside the rows', () => {
  it('write a commit of many events in as many transactions as it takes, with the commits after it', async () => {
    const { eventStore, requests, start, rows } = setUp(revenue);
    const commits = await record(eventStore, 'order-1', [placed(1)], days(0, 1000), [placed(2)]);
    const other = await record(eventStore, 'order-2', [placed(4)]);

    expect(await start()([...commits, ...other])).toEqual([]);
    expect(await start()([...commits, ...other])).toEqual([]);

    expect(requests.slice(0, 13)).toEqual([
      'transact 1+0+1',
      ...Array.from({ length: 10 }, () => 'transact 1+0+99'),
      'transact 1+0+10',
      'transact 2+0+1',
    ]);
    expect(await rows()).toMatchObject({ '2026-01-01': { orders: 3, cents: 7 } });
  });

  it('write an event that changes many rows in the order of their keys', async () => {
    const { eventStore, requests, start, store } = setUp(wide);
    const commits = await record(eventStore, 'order-1', [spread(250)], [spread(2)]);

    expect(await start()(commits)).toEqual([]);

    expect(requests).toEqual(['transact 1+0+99', 'transact 1+0+99', 'transact 1+0+52', 'transact 1+0+2']);
    expect(await countsOf(store, 250)).toEqual([2, 2, ...Array.from({ length: 248 }, () => 1)]);
  });

  it('go on with an event that somebody else has begun, from the row that they came to', async () => {
    const { eventStore, requests, sleeps, start, store } = setUp(wide);
    const commits = await record(eventStore, 'order-1', [spread(250)]);
    const other = await record(eventStore, 'order-2', [spread(1)]);
    const transact = store.transact.bind(store);
    const lost = Object.assign(new Error('lost'), { code: 'UNAVAILABLE', retryable: true });
    store.transact = async (set, transaction) => {
      store.transact = () => Promise.reject(lost);
      return transact(set, transaction);
    };
    expect(await start()(commits)).toEqual([{ stream: 'order-1', after: 0, error: lost }]);
    expect(await countsOf(store, 250)).toEqual(Array.from({ length: 250 }, (_, index) => (index < 99 ? 1 : undefined)));
    store.transact = transact;
    requests.length = 0;

    expect(await start()([...other, ...commits])).toEqual([]);

    // What is begun is found out by writing; it is then ended first.
    expect(requests).toEqual(['transact 1+0+1', 'transact 1+0+99', 'transact 1+0+99', 'transact 1+0+52']);
    expect(sleeps).toHaveLength(1);
    expect(await countsOf(store, 250)).toEqual([2, ...Array.from({ length: 249 }, () => 1)]);
  });

  it('go on in the middle of a commit, whatever of it is delivered', async () => {
    const { eventStore, store, start, rows } = setUp(revenue);
    const [whole] = await record(eventStore, 'order-1', days(0, 250));
    const transact = store.transact.bind(store);
    const lost = Object.assign(new Error('lost'), { code: 'UNAVAILABLE', retryable: true });
    store.transact = async (set, transaction) => {
      store.transact = () => Promise.reject(lost);
      return transact(set, transaction);
    };
    const { events = [] } = whole ?? {};
    expect(await start()(whole === undefined ? [] : [whole])).toEqual([{ stream: 'order-1', after: 99, error: lost }]);
    store.transact = transact;
    const items = [
      { ...(whole as Commit), last: 120, events: events.slice(0, 120) },
      { ...(whole as Commit), version: 121, events: events.slice(120), offset: 120 },
    ];

    expect(await start()(pick(items, 0))).toEqual([]);
    expect(await start()(pick(items, 1))).toEqual([]);
    expect(await start()(whole === undefined ? [] : [whole])).toEqual([]);

    expect(Object.values(await rows()).every((row) => row.orders === 1)).toBe(true);
    expect((await store.load(revenue.rows, ['day-249'])).get('day-249')?.row).toEqual({ orders: 1, cents: 1 });
  });

  it('end two events that are begun, each once', async () => {
    const { eventStore, store, start } = setUp(wide);
    const one = await record(eventStore, 'order-1', [spread(150)]);
    const other = await record(eventStore, 'order-2', [spread(150)]);
    const transact = store.transact.bind(store);
    const lost = Object.assign(new Error('lost'), { code: 'UNAVAILABLE', retryable: true });
    for (const commits of [one, other]) {
      store.transact = async (set, transaction) => {
        store.transact = () => Promise.reject(lost);
        return transact(set, transaction);
      };
      await start()(commits);
    }
    store.transact = transact;

    expect(await start()([...one, ...other])).toEqual([]);

    expect(await countsOf(store, 150)).toEqual(Array.from({ length: 150 }, () => 2));
  });

  it('end an event that was begun because of its size, when by now it would fit', async () => {
    const { eventStore, requests, store, start } = setUp(shrinking);
    const one = await record(eventStore, 'order-1', [spread(18)]);
    const two = await record(eventStore, 'order-2', [spread(18)]);
    const three = await record(eventStore, 'order-3', [spread(1)]);
    const transact = store.transact.bind(store);
    store.transact = async (set, transaction) => {
      store.transact = () => Promise.reject(Object.assign(new Error('lost'), { code: 'UNAVAILABLE', retryable: true }));
      return transact(set, transaction);
    };
    await start()(one);
    store.transact = transact;
    await start()(two);
    requests.length = 0;

    expect(await start()([...three, ...one])).toEqual([]);

    expect(requests).toEqual(['load 18', 'transact 2+18+0', 'transact 1+6+0', 'transact 1+1+0']);
    expect(await countsOf(store, 18, shrinking)).toEqual([3, ...Array.from({ length: 17 }, () => 2)]);
  });

  it('keep a commit of many rows out of all of them when it fails in one', async () => {
    const { eventStore, requests, start, rows } = setUp(fragile);
    const days = Array.from({ length: 150 }, (_, index) => placed(index === 149 ? 13 : 1, `day-${index}`));
    const commits = await record(eventStore, 'order-1', [placed(1)], days);

    const failures = await start()(commits);

    expect(failures).toEqual([{ stream: 'order-1', after: 1, error: new Error('13 is unlucky') }]);
    expect(requests).toEqual(['load 1', 'transact 1+1+0', 'load 150']);
    expect(await rows()).toEqual({ '2026-01-01': { orders: 1, cents: 1 } });
  });

  it('split what comes to more than 4 MB', async () => {
    const { eventStore, requests, start, rows } = setUp(bulky);
    const events = Array.from({ length: 20 }, (_, index) => placed(300, `day-${index}`));
    const commits = await record(eventStore, 'order-1', events);
    const others = await record(eventStore, 'order-2', [placed(300, 'a')], [placed(300, 'b')], [spread(18)]);

    expect(await start()(commits)).toEqual([]);
    expect(requests).toEqual(['load 20', 'transact 1+10+0', 'transact 1+10+0']);
    requests.length = 0;
    expect(await start()(others)).toEqual([]);
    expect(requests).toEqual(['load 20', 'transact 1+1+0', 'transact 1+1+0', 'transact 1+12+0', 'transact 1+6+0']);
    expect(Object.keys(await rows())).toHaveLength(40);
  });
});
