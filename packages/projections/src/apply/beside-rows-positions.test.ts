import { describe, expect, it } from 'vitest';
import { add, update } from '../changes.js';
import { defineProjection } from '../projection.js';
import { rowsOf } from '../projection-rows.js';
import { cancelled, noted, orderEvents, placed, record, revenue } from '../shop.test.fixture.js';
import { pick, setUp } from './projector.test.fixture.js';

const days = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => placed(1, `day-${from + index}`));

describe('positions beside the rows', () => {
  it('add up a batch in one transaction, and read nothing', async () => {
    const { eventStore, requests, start, rows } = setUp(revenue);
    const one = await record(eventStore, 'order-1', [placed(5), placed(6)], [placed(7, '2026-01-02')]);
    const other = await record(eventStore, 'order-2', [placed(8)], [noted]);

    const failures = await start()([...one, ...other]);

    expect(failures).toEqual([]);
    expect(requests).toEqual(['transact 2+0+2']);
    expect(await rows()).toEqual({ '2026-01-01': { orders: 3, cents: 19 }, '2026-01-02': { orders: 1, cents: 7 } });
  });

  it('write the position of a stream once for a batch in which streams are interleaved', async () => {
    const { eventStore, requests, start, rows } = setUp(revenue);
    const streams = await Promise.all(
      Array.from({ length: 99 }, (_, index) =>
        record(eventStore, `order-${index}`, [placed(1)], [placed(2)], [placed(4)]),
      ),
    );

    await start()([0, 1, 2].flatMap((index) => streams.flatMap((commits) => pick(commits, index))));

    expect(requests).toEqual(['transact 99+0+1']);
    expect(await rows()).toEqual({ '2026-01-01': { orders: 297, cents: 693 } });
  });

  it('read nothing for streams that they remember', async () => {
    const { eventStore, requests, start } = setUp(revenue);
    const commits = await record(eventStore, 'order-1', [placed(1)], [noted], [placed(2)]);
    const projector = start();
    for (const commit of commits) await projector([commit]);

    expect(requests).toEqual(['transact 1+0+1', 'transact 1+0+1']);
    expect(eventStore.reads).toEqual([]);
  });

  it('learn from a cancelled transaction which events were applied, and apply the rest', async () => {
    const { eventStore, requests, sleeps, start, rows } = setUp(revenue);
    const [one, other] = [
      await record(eventStore, 'order-1', [placed(1)], [placed(2)]),
      await record(eventStore, 'order-2', [placed(4)]),
    ];
    await start()(pick(one, 0));
    await start()(other);
    requests.length = 0;

    const failures = await start()([...one, ...other]);

    expect(failures).toEqual([]);
    expect(requests).toEqual(['transact 2+0+1', 'transact 1+0+1']);
    expect(sleeps).toEqual([5]);
    expect(await rows()).toEqual({ '2026-01-01': { orders: 3, cents: 7 } });
  });

  it('do not wait for a duplicate of all', async () => {
    const { eventStore, sleeps, start, rows } = setUp(revenue);
    const commits = await record(eventStore, 'order-1', [placed(1)]);
    await start()(commits);

    await start()(commits);

    expect(sleeps).toEqual([]);
    expect(await rows()).toEqual({ '2026-01-01': { orders: 1, cents: 1 } });
  });

  it('split what is too large for one transaction, and apply each event once', async () => {
    const { eventStore, requests, start, rows } = setUp(revenue);
    const streams = Array.from({ length: 250 }, (_, index) => `order-${index}`);
    const commits = (await Promise.all(streams.map((stream) => record(eventStore, stream, [placed(1)])))).flat();

    await start()(commits);
    await start()(commits);

    expect(requests.slice(0, 3)).toEqual(['transact 99+0+1', 'transact 99+0+1', 'transact 52+0+1']);
    expect(await rows()).toEqual({ '2026-01-01': { orders: 250, cents: 250 } });
  });

  it('split a stream between its commits', async () => {
    const { eventStore, requests, start, rows } = setUp(revenue);
    const commits = await record(eventStore, 'order-1', days(0, 60), days(60, 120), days(120, 180));

    expect(await start()(commits)).toEqual([]);
    expect(requests).toEqual(['transact 1+0+60', 'transact 1+0+60', 'transact 1+0+60']);
    expect(Object.keys(await rows())).toHaveLength(100);
  });

  it('find the commit because of which a transaction is refused', async () => {
    const { eventStore, store, start, rows } = setUp(revenue);
    const commits = await record(eventStore, 'order-1', [placed(1)], [placed(2, 'bad')], [placed(4)]);
    const refusal = Object.assign(new Error('too large'), { code: 'READ_MODEL_REFUSED', retryable: false });
    const transact = store.transact.bind(store);
    store.transact = async (set, transaction) => {
      if (transaction.increments.some(({ key }) => key === 'bad')) throw refusal;
      return transact(set, transaction);
    };

    expect(await start()(commits)).toEqual([{ stream: 'order-1', after: 1, error: refusal }]);
    expect(await rows()).toEqual({ '2026-01-01': { orders: 1, cents: 1 } });
  });

  it('find the stream because of which a transaction is refused', async () => {
    const { eventStore, store, start, rows } = setUp(revenue);
    const bad = await record(eventStore, 'order-bad', [placed(1)]);
    const good = await record(eventStore, 'order-good', [placed(2)]);
    const refusal = Object.assign(new Error('too large'), { code: 'READ_MODEL_REFUSED', retryable: false });
    const transact = store.transact.bind(store);
    store.transact = async (set, transaction) => {
      if (transaction.advances.some(({ stream }) => stream === 'order-bad')) throw refusal;
      return transact(set, transaction);
    };

    const failures = await start()([...bad, ...good]);

    expect(failures).toEqual([{ stream: 'order-bad', after: 0, error: refusal }]);
    expect(await rows()).toEqual({ '2026-01-01': { orders: 1, cents: 2 } });
  });

  it('fail a whole transaction that may succeed later', async () => {
    const { eventStore, store, requests, start } = setUp(revenue);
    const commits = await record(eventStore, 'order-1', [placed(1)]);
    const others = await record(eventStore, 'order-2', [placed(1)]);
    const error = Object.assign(new Error('slow down'), { code: 'THROTTLED', retryable: true });
    store.transact = () => Promise.reject(error);

    const failures = await start()([...commits, ...others]);

    expect(failures).toEqual([
      { stream: 'order-1', after: 0, error },
      { stream: 'order-2', after: 0, error },
    ]);
    expect(requests).toEqual(['transact 2+0+1']);
  });

  it('read rows that are folded or listed, and write them at their revision', async () => {
    const listedTotals = defineProjection({
      name: 'totals',
      version: 1,
      events: orderEvents,
      rows: rowsOf<{ orders: number; last?: string }>(),
      positions: 'beside-rows',
      on: {
        OrderPlaced: ({ data }) => add(data.day, { orders: 1 }),
        OrderCancelled: ({ data }) => update('2026-01-01', (row) => ({ orders: row?.orders ?? 0, last: data.why })),
      },
      listed: (row, key) => ({ group: row.orders > 1 ? 'many' : 'one', sort: key }),
    });
    const { eventStore, requests, start, reader } = setUp(listedTotals);
    const commits = await record(eventStore, 'order-1', [placed(1)], [placed(1)], [cancelled]);
    const projector = start();
    for (const commit of commits) await projector([commit]);

    expect(requests).toEqual(['load 1', 'transact 1+1+0', 'load 1', 'transact 1+1+0', 'load 1', 'transact 1+1+0']);
    expect(await reader.list({ group: 'one' })).toEqual({ rows: [] });
    expect((await reader.list({ group: 'many' })).rows).toEqual([
      { key: '2026-01-01', row: { orders: 2, last: 'late' } },
    ]);
  });
});
