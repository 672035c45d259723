import {
  createRepository,
  defineAggregate,
  defineEvents,
  InMemoryEventStore,
  type RecordedEvent,
  type TransactionPart,
} from '@everfold/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { deliveryOf } from './bus.test.fixture.js';
import { createBusHandler } from './consumer.js';

const events = defineEvents({ OrderPlaced: z.object({}) });
const counter = defineAggregate({
  category: 'counter',
  events: defineEvents({ Counted: z.object({ id: z.string() }) }),
  initial: () => 0,
  evolve: { Counted: (count) => count + 1 },
  commands: { count: (_count, id: string) => [{ type: 'Counted', data: { id } }] },
});

const placed = (event: number): RecordedEvent => ({
  id: `01JB.${event}`,
  type: 'OrderPlaced',
  data: {},
  stream: 'order-o1',
  version: event + 1,
  at: '2026-01-02T03:04:05.678Z',
  metadata: { correlationId: 'c', causationId: 'k' },
});

type Fault = 'none' | 'before the write' | 'after the write';

/** A handler that counts, whose delivery comes to an end where the fault is. */
function countingHandler(store: InMemoryEventStore, fault: Fault) {
  const repository = createRepository(counter, { store });
  const transact = async (parts: readonly TransactionPart[]) => {
    if (fault === 'before the write') throw new Error('interrupted');
    const commits = await store.transact(parts);
    if (fault === 'after the write') throw new Error('interrupted');
    return commits;
  };
  const failing = new Proxy(store, {
    get: (target, name) => (name === 'transact' ? transact : Reflect.get(target, name).bind(target)),
  });
  const clock = { now: () => 0, sleep: async () => undefined };
  return createBusHandler(events, async ({ id }) => [await repository.decide('all', 'count', id)], {
    remember: { store: failing, consumer: 'counter', effect: 'store', clock, random: () => 0, attempts: 50 },
  });
}

test('an event has its effect once, whatever is delivered twice, at once, or interrupted before or after a write', async () => {
  const delivery = fc.record({
    event: fc.nat({ max: 4 }),
    fault: fc.constantFrom<Fault>('none', 'before the write', 'after the write'),
  });

  await fc.assert(
    fc.asyncProperty(fc.array(delivery, { maxLength: 20 }), async (deliveries) => {
      const store = new InMemoryEventStore();

      await Promise.allSettled(
        deliveries.map(({ event, fault }) => countingHandler(store, fault)(deliveryOf(placed(event)))),
      );
      const delivered = [...new Set(deliveries.map(({ event }) => event))];
      for (const event of delivered) await countingHandler(store, 'none')(deliveryOf(placed(event)));

      const { state } = await createRepository(counter, { store }).load('all');
      expect(state).toBe(delivered.length);
    }),
    { numRuns: 100 },
  );
});
