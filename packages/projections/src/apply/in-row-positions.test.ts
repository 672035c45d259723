import type { Commit } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { put, update } from '../changes.js';
import { defineProjection } from '../projection.js';
import { rowsOf } from '../projection-rows.js';
import { InMemoryReadModelStore } from '../read-models/in-memory-read-model-store.js';
import {
  cancelled,
  captured,
  erased,
  noted,
  orderEvents,
  orders,
  placed,
  record,
  revenue,
} from '../shop.test.fixture.js';
import { createProjector } from './projector.js';
import { pick, setUp } from './projector.test.fixture.js';

describe('positions in the rows', () => {
  it('write all changes of a batch to a row at once', async () => {
    const { eventStore, requests, start, rows } = setUp(orders);
    const order = await record(eventStore, 'order-1', [placed(5)], [noted, cancelled]);
    const payment = await record(eventStore, 'payment-1', [captured('order-1', 5)]);

    const failures = await start()([...order, ...payment]);

    expect(failures).toEqual([]);
    expect(requests).toEqual(['load 1', 'save order-1']);
    expect(await rows()).toEqual({ 'order-1': { status: 'paid', cents: 5, day: '2026-01-01', paidCents: 5 } });
  });

  it('apply what is delivered again to no effect and without a write, remembered or not', async () => {
    const { eventStore, requests, start, rows } = setUp(orders);
    const commits = await record(eventStore, 'order-1', [placed(5)], [cancelled]);
    const warm = start();
    await warm(commits);
    const before = await rows();
    requests.length = 0;

    await warm(commits);
    expect(requests).toEqual([]);
    await start()(commits);
    expect(requests).toEqual(['load 1']);
    expect(await rows()).toEqual(before);
  });

  it('leave out of a commit that is read as a whole what a row has of it', async () => {
    const counts = { ...revenue, positions: 'in-row' as const };
    const { eventStore, start, rows } = setUp(counts);
    const [whole, next] = await record(
      eventStore,
      'order-1',
      [placed(1), placed(2, 'tue'), placed(4), placed(8)],
      [noted],
    );
    const { events = [] } = whole ?? {};
    const items = [
      { ...(whole as Commit), last: 3, events: events.slice(0, 3) },
      { ...(whole as Commit), version: 4, events: events.slice(3), offset: 3 },
    ];
    await start()(pick(items, 0));

    // A process that has seen none of it begins again, because two rows are fed.
    expect(await start()(next === undefined ? [] : [...pick(items, 1), next])).toEqual([]);

    expect(await rows()).toEqual({ '2026-01-01': { orders: 3, cents: 13 }, tue: { orders: 1, cents: 2 } });
    expect(eventStore.reads).toEqual(['order-1 (0, 3]']);

    expect(await start()(whole === undefined ? [] : [whole])).toEqual([]);
    expect(await rows()).toMatchObject({ '2026-01-01': { orders: 3, cents: 13 } });
  });

  it('write no more rows at a time than allowed', async () => {
    const { eventStore, store, start } = setUp(orders, { concurrency: 3 });
    const commits = await Promise.all(
      Array.from({ length: 12 }, (_, index) => record(eventStore, `order-${index}`, [placed(1)])),
    );
    const save = store.save.bind(store);
    let running = 0;
    let most = 0;
    store.save = async (...args) => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      return save(...args);
    };

    expect(await start()(commits.flat())).toEqual([]);

    expect(most).toBe(3);
  });

  it('do not let a late event bring back a removed row', async () => {
    const { eventStore, start, rows } = setUp(orders);
    const commits = await record(eventStore, 'order-1', [placed(5)], [erased]);
    await start()(commits);

    await start()(pick(commits, 0));

    expect(await rows()).toEqual({});
  });

  it('keep a commit that fails in one row out of all its rows, and let the other streams go on', async () => {
    const fragile = defineProjection({
      name: 'fragile',
      version: 1,
      events: orderEvents,
      rows: rowsOf<{ seen: number }>(),
      on: {
        OrderPlaced: ({ stream, data }) => [
          put(`${stream}-a`, { seen: data.cents }),
          update(`${stream}-b`, () => orFail(data.cents)),
        ],
      },
    });
    const { eventStore, start, rows } = setUp(fragile);
    const bad = await record(eventStore, 'order-bad', [placed(1)], [placed(13)], [placed(2)]);
    const good = await record(eventStore, 'order-good', [placed(3)]);

    const failures = await start()([...bad, ...good]);

    expect(failures).toEqual([{ stream: 'order-bad', after: 1, error: new Error('13 is unlucky') }]);
    expect(await rows()).toEqual({
      'order-bad-a': { seen: 1 },
      'order-bad-b': { seen: 1 },
      'order-good-a': { seen: 3 },
      'order-good-b': { seen: 3 },
    });
  });

  it('give up on a row that others keep writing, after so many attempts with growing waits', async () => {
    const { eventStore, store, sleeps, start, rows } = setUp(orders, {
      attempts: 4,
      backoff: { firstMs: 10, longestMs: 30 },
    });
    const contended = await record(eventStore, 'order-1', [placed(1)]);
    const quiet = await record(eventStore, 'order-2', [placed(2)]);
    store.save = async (set, write) => {
      if (write.key === 'order-2') return InMemoryReadModelStore.prototype.save.call(store, set, write);
      return { saved: false, current: { row: undefined, revision: write.revision + 1, applied: new Map() } };
    };

    const failures = await start()([...contended, ...quiet]);

    expect(failures).toMatchObject([
      { stream: 'order-1', after: 0, error: { code: 'READ_MODEL_CONTENDED', attempts: 4 } },
    ]);
    expect(sleeps).toEqual([5, 10, 15]);
    expect(Object.keys(await rows())).toEqual(['order-2']);
  });

  it('go on from what others have left', async () => {
    const { eventStore, store, start, rows, sleeps } = setUp(orders);
    const commits = await record(eventStore, 'order-1', [placed(1)], [cancelled]);
    const save = store.save.bind(store);
    store.save = async (set, write) => {
      store.save = save;
      // Another process is first, with a part of it.
      await createProjector({ projection: orders, eventStore, readModels: store })(pick(commits, 0));
      return save(set, write);
    };

    const failures = await start()(commits);

    expect(failures).toEqual([]);
    expect(sleeps).toHaveLength(1);
    expect(await rows()).toEqual({ 'order-1': { status: 'cancelled', cents: 1, day: '2026-01-01' } });
  });

  it('fail an event that leaves its row without a proper place in the listing', async () => {
    const { eventStore, start, rows } = setUp(orders);
    const commits = await record(eventStore, 'order-1', [placed(1, '')], [cancelled]);

    const failures = await start()(commits);

    expect(failures).toMatchObject([{ stream: 'order-1', after: 0, error: { code: 'INVALID_ARGUMENT' } }]);
    expect(await rows()).toEqual({});
  });
});

function orFail(cents: number): { seen: number } {
  if (cents === 13) throw new Error('13 is unlucky');
  return { seen: cents };
}
