import {
  ConflictError,
  createRepository,
  defineAggregate,
  defineEvents,
  type EventStore,
  InMemoryEventStore,
  type RecordedEvent,
  RejectedError,
  recordedEvents,
  startOf,
} from '@everfold/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { deliveryOf } from './bus.test.fixture.js';
import { createBusHandler } from './consumer.js';
import type { Remember } from './remember.js';

const events = defineEvents({ OrderPlaced: z.object({ orderId: z.string() }) });

const stock = defineAggregate({
  category: 'stock',
  events: defineEvents({ Reserved: z.object({ orderId: z.string() }) }),
  initial: () => ({ left: 2 }),
  evolve: { Reserved: ({ left }) => ({ left: left - 1 }) },
  commands: {
    reserve: ({ left }, orderId: string) => {
      if (left === 0) throw new RejectedError('SOLD_OUT', 'There is nothing left.');
      return [{ type: 'Reserved', data: { orderId } }];
    },
  },
});

let store: InMemoryEventStore;
let calls: string[];
beforeEach(() => {
  store = new InMemoryEventStore();
  calls = [];
});

/** The store, telling of its calls. */
function watched(inner: EventStore = store): EventStore {
  return new Proxy(inner, {
    get:
      (target, name: keyof EventStore) =>
      (...args: never[]) => {
        calls.push(name);
        return (target[name] as (...args: never[]) => unknown).call(target, ...args);
      },
  });
}

const clock = { now: () => 0, sleep: async () => undefined };
const remembering = (options: Partial<Remember<EventStore>> = {}): { remember: Remember<EventStore> } => ({
  remember: { store: watched(), consumer: 'stock', clock, random: () => 0, ...options },
});

const placed = (id: string): RecordedEvent => ({
  id,
  type: 'OrderPlaced',
  data: { orderId: 'o1' },
  stream: 'order-o1',
  version: 1,
  at: '2026-01-02T03:04:05.678Z',
  metadata: { correlationId: 'request-1', causationId: 'command-1', actor: 'ann' },
});

const recorded = () => [...store.commits()].flatMap(recordedEvents);
const types = () => recorded().map(({ stream, type }) => `${stream} ${type}`);

describe('a consumer that acts outside', () => {
  test('handles an event once, however often it comes, and asks before it acts', async () => {
    let mails = 0;
    const handler = createBusHandler(events, async () => void mails++, remembering());

    await handler(deliveryOf(placed('01JB.0')));
    expect(calls).toEqual(['load', 'transact']);
    await handler(deliveryOf(placed('01JB.0')));
    expect(calls).toEqual(['load', 'transact', 'load']);
    await handler(deliveryOf(placed('01JB.1')));

    expect(mails).toBe(2);
    expect(recorded()).toMatchObject([
      {
        stream: 'handled.stock-01JB.0',
        type: '$handled',
        metadata: { correlationId: 'request-1', causationId: '01JB.0', actor: 'ann' },
      },
      { stream: 'handled.stock-01JB.1' },
    ]);
  });

  test('handles what another consumer has handled', async () => {
    const handled: string[] = [];
    for (const consumer of ['stock', 'mail']) {
      const handler = createBusHandler(events, async () => void handled.push(consumer), remembering({ consumer }));
      await handler(deliveryOf(placed('01JB.0')));
    }

    expect(handled).toEqual(['stock', 'mail']);
  });

  test('remembers nothing that failed', async () => {
    let attempts = 0;
    const act = async () => {
      if (++attempts === 1) throw new Error('no connection');
    };
    const handler = createBusHandler(events, act, remembering());

    await expect(handler(deliveryOf(placed('01JB.0')))).rejects.toThrow('no connection');
    await handler(deliveryOf(placed('01JB.0')));

    expect(attempts).toBe(2);
    expect(types()).toEqual(['handled.stock-01JB.0 $handled']);
  });

  test('is content when another delivery of the event was faster', async () => {
    const handler = createBusHandler(
      events,
      async () => {
        await store.append({
          after: startOf('handled.stock-01JB.0'),
          events: [{ type: '$handled', data: {} }],
          metadata,
        });
      },
      remembering(),
    );

    await handler(deliveryOf(placed('01JB.0')));

    expect(types()).toEqual(['handled.stock-01JB.0 $handled']);
  });
});

const metadata = { correlationId: 'c', causationId: 'k' };

describe('what a handler throws', () => {
  test('is thrown on, also when the memory cannot be asked', async () => {
    const broken = new Proxy(store, {
      get: (target, name) =>
        name === 'load' ? async () => Promise.reject(new Error('no table')) : Reflect.get(target, name),
    });
    const handler = createBusHandler(
      events,
      () => Promise.reject(new Error('not now')),
      remembering({ store: broken, effect: 'store' }),
    );

    await expect(handler(deliveryOf(placed('01JB.0')))).rejects.toThrow('not now');
  });
});

describe('a consumer that acts in the store', () => {
  const reserving = (options: Partial<Remember<EventStore>> = {}) => {
    const repository = createRepository(stock, { store });
    return createBusHandler(
      events,
      async ({ data }) => [await repository.decide('sku', 'reserve', data.orderId)],
      remembering({ effect: 'store', ...options }),
    );
  };

  test('records its decisions together with the memory, and asks nobody', async () => {
    await reserving()(deliveryOf(placed('01JB.0')));

    expect(calls).toEqual(['transact']);
    expect(recorded()).toMatchObject([
      { stream: 'handled.stock-01JB.0', type: '$handled' },
      {
        stream: 'stock-sku',
        type: 'Reserved',
        metadata: { correlationId: 'request-1', causationId: '01JB.0', actor: 'ann' },
      },
    ]);
  });

  test('finds a duplicate by writing', async () => {
    const handler = reserving();

    await handler(deliveryOf(placed('01JB.0')));
    await handler(deliveryOf(placed('01JB.0')));

    expect(calls).toEqual(['transact', 'transact']);
    expect(types()).toEqual(['handled.stock-01JB.0 $handled', 'stock-sku Reserved']);
  });

  test('drops a duplicate that the domain would refuse by now', async () => {
    const handler = reserving();
    await handler(deliveryOf(placed('01JB.0')));
    await handler(deliveryOf(placed('01JB.1')));

    await handler(deliveryOf(placed('01JB.1')));

    await expect(handler(deliveryOf(placed('01JB.2')))).rejects.toMatchObject({ reason: 'SOLD_OUT' });
    expect(types()).not.toContain('handled.stock-01JB.2 $handled');
  });

  test('remembers an event that comes to nothing', async () => {
    let handled = 0;
    const handler = createBusHandler(
      events,
      async () => {
        handled++;
        return [undefined];
      },
      remembering({ effect: 'store' }),
    );

    await handler(deliveryOf(placed('01JB.0')));
    await handler(deliveryOf(placed('01JB.0')));

    expect(types()).toEqual(['handled.stock-01JB.0 $handled']);
    expect(handled).toBe(2);
  });

  test('decides anew when somebody else was first', async () => {
    const inner = createRepository(stock, { store });
    let attempts = 0;
    const handler = createBusHandler(
      events,
      async ({ data }) => {
        const decision = await inner.decide('sku', 'reserve', data.orderId);
        if (++attempts === 1) await inner.execute('sku', 'reserve', 'other');
        return [decision];
      },
      remembering({ effect: 'store' }),
    );

    await handler(deliveryOf(placed('01JB.0')));

    expect(attempts).toBe(2);
    expect((await inner.load('sku')).state).toEqual({ left: 0 });
  });

  test('takes a conflict over its memory for a duplicate only where there is a winner', async () => {
    const stuck: Pick<EventStore, 'transact' | 'load'> = {
      transact: async () => Promise.reject(new ConflictError('handled.stock-01JB.0', 0)),
      load: (stream) => store.load(stream),
    };
    const handler = reserving({
      store: new Proxy(store, { get: (target, name) => Reflect.get(stuck, name) ?? Reflect.get(target, name) }),
      attempts: 2,
    });

    await expect(handler(deliveryOf(placed('01JB.0')))).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('keeps the metadata of a decision that has some, and carries checks and claims out', async () => {
    const parts = [
      { after: startOf('stock-sku'), events: [{ type: 'Reserved', data: { orderId: 'o1' } }], metadata },
      { unchanged: startOf('stock-other') },
      { claim: { name: 'order', value: 'o1' }, by: 'stock-sku' },
    ] as const;
    const handler = createBusHandler(events, async () => parts, remembering({ effect: 'store' }));

    await handler(deliveryOf(placed('01JB.0')));

    expect(recorded()[1]).toMatchObject({ type: 'Reserved', metadata });
    expect(await store.holderOf({ name: 'order', value: 'o1' })).toBe('stock-sku');
  });
});

describe('a memory', () => {
  test('wants a consumer that has a name, and at least one attempt', () => {
    expect(() => createBusHandler(events, async () => {}, remembering({ consumer: 'a b' }))).toThrow('not a name');
    expect(() => createBusHandler(events, async () => {}, remembering({ attempts: 0 }))).toThrow('attempts is 0');
  });
});
