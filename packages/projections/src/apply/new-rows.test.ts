import { describe, expect, it } from 'vitest';
import { update } from '../changes.js';
import { defineProjection } from '../projection.js';
import { rowsOf } from '../projection-rows.js';
import { noted, orderEvents, orders, placed, record } from '../shop.test.fixture.js';
import { pick, setUp } from './projector.test.fixture.js';

interface Notes {
  readonly notes: number;
}

describe('rows that are likely new', () => {
  it('are written without being read', async () => {
    const { eventStore, requests, start, rows } = setUp(orders, { rowsLikely: 'new' });
    const commits = [
      ...(await record(eventStore, 'order-1', [placed(1)], [placed(2)])),
      ...(await record(eventStore, 'order-2', [placed(3)])),
    ];

    expect(await start()(commits)).toEqual([]);

    expect(requests).toEqual(['save order-1', 'save order-2']);
    expect(await rows()).toMatchObject({ 'order-1': { cents: 2 }, 'order-2': { cents: 3 } });
  });

  it('take what is there when they are there after all, without waiting', async () => {
    const { eventStore, requests, sleeps, start, rows } = setUp(orders, { rowsLikely: 'new' });
    const commits = await record(eventStore, 'order-1', [placed(1)], [placed(2)]);
    await start()(pick(commits, 0));
    requests.length = 0;

    expect(await start()(commits)).toEqual([]);

    expect(requests).toEqual(['save order-1', 'save order-1']);
    expect(sleeps).toEqual([]);
    expect(await rows()).toMatchObject({ 'order-1': { cents: 2 } });
  });

  it('are read where nothing is known of their stream', async () => {
    const { eventStore, requests, start } = setUp(orders, { rowsLikely: 'new' });
    const commits = await record(eventStore, 'order-1', [placed(1)], [noted], [placed(2)]);
    await start()(pick(commits, 0, 1));
    requests.length = 0;

    expect(await start()(pick(commits, 2))).toEqual([]);

    expect(requests).toEqual(['load 1', 'save order-1']);
    expect(eventStore.reads).toEqual([]);
  });

  it('are read before they are said to have failed', async () => {
    const strict = defineProjection({
      name: 'strict',
      version: 1,
      events: orderEvents,
      rows: rowsOf<Notes>(),
      on: {
        OrderPlaced: ({ data }) => update<Notes>(data.day, () => ({ notes: 0 })),
        NoteTaken: () =>
          update<Notes>('monday', (row) => {
            if (row === undefined) throw new Error('there is no monday');
            return { notes: row.notes + 1 };
          }),
      },
    });
    const { eventStore, start, rows } = setUp(strict, { rowsLikely: 'new' });
    await start()(await record(eventStore, 'order-1', [placed(1, 'monday')]));

    expect(await start()(await record(eventStore, 'order-2', [noted]))).toEqual([]);

    expect(await rows()).toEqual({ monday: { notes: 1 } });
  });

  it('are read while most were there, and no longer when most are new again', async () => {
    const { eventStore, requests, start } = setUp(orders, { rowsLikely: 'new' });
    const old = await record(eventStore, 'order-1', [placed(1)]);
    await start()(old);
    const projector = start();
    await projector(old);
    requests.length = 0;

    await projector(await record(eventStore, 'order-2', [placed(1)]));
    await projector(await record(eventStore, 'order-3', [placed(1)]));

    expect(requests).toEqual(['load 1', 'save order-2', 'save order-3']);
  });
});
