import { describe, expect, it } from 'vitest';
import { projectionHandler } from './handler.js';
import type { AppliedBatch } from './lag.js';
import { InMemoryReadModelStore } from './read-models/in-memory-read-model-store.js';
import { CountingEventStore, cancelled, delivery, noted, orders, placed, record } from './shop.test.fixture.js';

describe('the measurements of a batch', () => {
  it('tell what is in, what is held back, and how old the oldest and the newest are', async () => {
    const times = [1_000, 2_000, 3_000, 4_000, 5_000].map((at) => () => at);
    const eventStore = new CountingEventStore({ clock: { now: () => times.shift()?.() ?? 0, sleep: async () => {} } });
    const one = await record(eventStore, 'order-1', [placed(1)], [noted, noted], [cancelled]);
    const bad = await record(eventStore, 'order-2', [placed(1, '')], [cancelled]);
    const batches: AppliedBatch[] = [];
    const handler = projectionHandler({
      projection: orders,
      eventStore,
      readModels: new InMemoryReadModelStore(),
      clock: { now: () => 5_250, sleep: async () => {} },
      onFailure: () => {},
      onApplied: (batch) => batches.push(batch),
    });

    await handler(delivery(...one, ...bad));
    await handler(delivery(...bad));
    await handler(delivery(one[2]));

    expect(batches).toEqual([
      { projection: 'orders@1', streams: 1, commits: 3, events: 4, held: 2, lagMs: 4_250, newestLagMs: 2_250 },
      { projection: 'orders@1', streams: 1, commits: 1, events: 1, held: 0, lagMs: 2_250, newestLagMs: 2_250 },
    ]);
  });
});
