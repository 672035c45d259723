import { describe, expect, it } from 'vitest';
import type { Positions } from '../projection.js';
import { captured, noted, orders, placed, record, revenue } from '../shop.test.fixture.js';
import { pick, setUp } from './projector.test.fixture.js';

describe.each<Positions>(['in-row', 'beside-rows'])('a gap, with positions %s', (positions) => {
  const projection = { ...revenue, positions };

  it('costs one read of the event store, and only that', async () => {
    const { eventStore, start, rows } = setUp(projection);
    const commits = await record(
      eventStore,
      'order-1',
      [placed(1)],
      [placed(2)],
      [placed(4)],
      [placed(8)],
      [placed(16)],
    );
    const projector = start();

    await projector(pick(commits, 0));
    await projector(pick(commits, 3));
    await projector(pick(commits, 4));

    expect(eventStore.reads).toEqual(['order-1 (1, 3]']);
    expect(await rows()).toEqual({ '2026-01-01': { orders: 5, cents: 31 } });
  });

  it('is none after commits that change nothing, seen by the same process', async () => {
    const { eventStore, start, rows } = setUp(projection);
    const commits = await record(eventStore, 'order-1', [placed(1)], [noted], [noted, noted], [placed(2)]);
    const projector = start();

    for (const commit of commits) await projector([commit]);

    expect(eventStore.reads).toEqual([]);
    expect(await rows()).toEqual({ '2026-01-01': { orders: 2, cents: 3 } });
  });

  it('is suspected by a process that has not seen those commits, and settled by one read', async () => {
    const { eventStore, start, rows } = setUp(projection);
    const commits = await record(eventStore, 'order-1', [placed(1)], [noted], [noted], [placed(2)], [placed(4)]);
    await start()(pick(commits, 0));
    const cold = start();

    await cold(pick(commits, 3));
    await cold(pick(commits, 4));

    expect(eventStore.reads).toEqual(['order-1 (1, 3]']);
    expect(await rows()).toEqual({ '2026-01-01': { orders: 3, cents: 7 } });
  });

  it('is never suspected before the first version', async () => {
    const { eventStore, start } = setUp(projection);
    const commits = await record(eventStore, 'order-1', [placed(1), placed(2)]);

    await start()(commits);

    expect(eventStore.reads).toEqual([]);
  });

  it('is filled also when the commit that tells of it changes nothing', async () => {
    const { eventStore, start, rows } = setUp(projection);
    const commits = await record(eventStore, 'order-1', [placed(1)], [placed(2)], [noted]);
    const projector = start();

    await projector(pick(commits, 0));
    await projector(pick(commits, 2));

    expect(eventStore.reads).toEqual(['order-1 (1, 2]']);
    expect(await rows()).toEqual({ '2026-01-01': { orders: 2, cents: 3 } });
  });

  it('does not concern a stream of which nothing is known and nothing changes', async () => {
    const { eventStore, requests, start } = setUp(projection);
    const commits = await record(eventStore, 'order-1', [placed(1)], [noted]);

    await start()(pick(commits, 1));

    expect(eventStore.reads).toEqual([]);
    expect(requests).toEqual([]);
  });
});

describe('a projector', () => {
  it.each([{ attempts: 0 }, { attempts: 1.5 }, { concurrency: 0 }, { remembered: 0 }])(
    'is refused with %j',
    (options) => {
      expect(() => setUp(orders, options).start()).toThrow('give a whole number from 1');
    },
  );

  it('goes on without its memory', async () => {
    const { eventStore, start, rows } = setUp(revenue, { remembered: 1 });
    const [one, other] = [
      await record(eventStore, 'order-1', [placed(1)], [placed(2)]),
      await record(eventStore, 'order-2', [placed(4)], [placed(8)]),
    ];
    const projector = start();

    for (const commits of [pick(one, 0), pick(other, 0), pick(one, 1), pick(other, 1)]) await projector(commits);

    expect(await rows()).toEqual({ '2026-01-01': { orders: 4, cents: 15 } });
  });

  it('stops a stream at an event that makes no proper changes, before anything is asked with them', async () => {
    const { eventStore, requests, start, rows } = setUp({ ...orders, listed: undefined });
    const bad = await record(
      eventStore,
      'payment-1',
      [captured('order-1', 1)],
      [captured('', 2)],
      [captured('order-1', 3)],
    );
    const good = await record(eventStore, 'payment-2', [captured('order-2', 4)]);

    const failures = await start()([...bad, ...good]);

    expect(failures).toMatchObject([{ stream: 'payment-1', after: 1, error: { code: 'INVALID_ARGUMENT' } }]);
    expect(requests).toEqual(['load 2', 'save order-1', 'save order-2']);
    expect(await rows()).toEqual({
      'order-1': { status: 'paid', paidCents: 1 },
      'order-2': { status: 'paid', paidCents: 4 },
    });
  });
});
