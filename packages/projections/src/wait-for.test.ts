import type { Commit } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { createProjector } from './apply/projector.js';
import { put } from './changes.js';
import { defineProjection, type Projection } from './projection.js';
import { rowsOf } from './projection-rows.js';
import { InMemoryReadModelStore } from './read-models/in-memory-read-model-store.js';
import { CountingEventStore, noted, orderEvents, orders, placed, record, revenue } from './shop.test.fixture.js';
import { waitFor } from './wait-for.js';

/** Two rows for each order. */
const twofold = defineProjection({
  name: 'twofold',
  version: 1,
  events: orderEvents,
  rows: rowsOf<{ cents: number }>(),
  on: {
    OrderPlaced: ({ stream, data }) => [put(`${stream}-a`, data), put(`${stream}-b`, data)],
    OrderCancelled: ({ stream }) => put(`${stream}-b`, { cents: 0 }),
  },
});

/** A shop whose projector works while somebody sleeps, and counts what waiting asks for. */
async function shop<TRow extends object>(projection: Projection<TRow>, ...commits: Parameters<typeof record>[2][]) {
  const eventStore = new CountingEventStore();
  const recorded = await record(eventStore, 'order-1', ...commits);
  const store = new InMemoryReadModelStore();
  const looks: string[] = [];
  const readModels = {
    load: (...args: Parameters<typeof store.load>) => {
      looks.push(`load ${args[1].length}`);
      return store.load(...args);
    },
    positions: (...args: Parameters<typeof store.positions>) => {
      looks.push(`positions ${args[1].length}`);
      return store.positions(...args);
    },
  };
  let now = 0;
  const sleeps: number[] = [];
  const waking: (() => Promise<unknown>)[] = [];
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      sleeps.push(milliseconds);
      now += milliseconds;
      await waking.shift()?.();
    },
  };
  const projector = createProjector({ projection, eventStore, readModels: store });
  const project = (...some: (Commit | undefined)[]) => projector(some.flatMap((commit) => commit ?? []));
  const wait = (version: number, timeoutMs = 1_000, stream = 'order-1') => {
    const options = { readModels, eventStore, timeoutMs, clock, random: () => 0.5 };
    return waitFor(projection, { stream, version }, options);
  };
  return { eventStore, store, recorded, looks, sleeps, waking, project, wait };
}

describe.each([orders, revenue] as Projection<object>[])(
  'waiting for what was written, with positions $positions',
  (projection) => {
    const look = projection.positions === 'in-row' ? 'load 1' : 'positions 1';

    it('is over at once when it is there: one read of the commit, one look', async () => {
      const { eventStore, recorded, looks, sleeps, project, wait } = await shop(projection, [placed(1)], [placed(2)]);
      await project(...recorded);

      await wait(2);

      expect(looks).toEqual([look]);
      expect(sleeps).toEqual([]);
      expect(eventStore.reads).toHaveLength(1);
    });

    it('looks again, in growing intervals, until it is there', async () => {
      const { recorded, looks, sleeps, waking, project, wait } = await shop(projection, [placed(1)], [placed(2)]);
      const nothing = async () => undefined;
      waking.push(
        nothing,
        () => project(recorded[0]),
        () => project(recorded[1]),
      );

      await wait(2);

      expect(sleeps).toEqual([12.5, 25, 50]);
      expect(looks).toEqual([look, look, look, look]);
    });

    it('is given up when the time is up, and says how far the projection is', async () => {
      const { recorded, sleeps, project, wait } = await shop(projection, [placed(1)], [placed(2), placed(3)]);
      await project(recorded[0]);

      await expect(wait(3, 100)).rejects.toMatchObject({
        code: 'NOT_YET_PROJECTED',
        retryable: true,
        projection: projection.rows.id,
        stream: 'order-1',
        version: 3,
        applied: 1,
      });

      expect(sleeps).toEqual([12.5, 25, 50, 12.5]);
    });

    it('is not begun for a commit that changes nothing, or that was none', async () => {
      const { looks, wait } = await shop(projection, [noted]);

      await wait(1, 0);
      await wait(0, 0);

      expect(looks).toEqual([]);
    });

    it('does not hang on the end of a commit that changes nothing', async () => {
      const { recorded, project, wait } = await shop(projection, [placed(1), noted]);
      await project(...recorded);

      await wait(2, 0);
    });

    it('fails for a version that was never written', async () => {
      const { wait } = await shop(projection, [placed(1)]);

      await expect(wait(2)).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND', version: 2, last: 1 });
      await expect(wait(2, 0, 'order-9')).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND', last: 0 });
    });
  },
);

describe('waiting for several rows', () => {
  it('looks again at those only that are behind', async () => {
    const { recorded, store, looks, waking, project, wait } = await shop(twofold, [placed(1)], [placed(2)]);
    const save = store.save.bind(store);
    store.save = (set, write) => (write.key === 'order-1-b' ? Promise.reject(new Error('not yet')) : save(set, write));
    await project(...recorded);
    waking.push(() => {
      store.save = save;
      return project(...recorded);
    });

    await wait(2);

    expect(looks).toEqual(['load 2', 'load 1']);
  });
});
