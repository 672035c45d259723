import {
  defineEvents,
  evolving,
  InMemoryEventStore,
  type RecordedEvent,
  recordedEvents,
  startOf,
} from '@everfold/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { deliveryOf, MovingClock, RecordedTimers, stillClock } from './bench.test.fixture.js';
import { choreography } from './choreography.js';
import { createEndHandler } from './end-handler.js';
import { createStepHandler } from './step-handler.js';

const orderId = z.string();
const plain = z.object({ orderId });

const events = defineEvents({
  Placed: evolving(z.object({ orderId, at: z.date() }), {
    revision: 2,
    upcast: { 1: ({ id, day }: { id: string; day: string }) => ({ orderId: id, at: `${day}T00:00:00.000Z` }) },
    codec: {
      encode: ({ at, ...rest }) => ({ ...rest, at: at.toISOString() }),
      decode: ({ at, ...rest }) => ({ ...rest, at: new Date(at) }),
    },
  }),
  Charged: evolving(z.object({ orderId, cents: z.bigint() }), {
    revision: 1,
    codec: {
      encode: ({ cents, ...rest }) => ({ ...rest, cents: `${cents}` }),
      decode: ({ cents, ...rest }) => ({ ...rest, cents: BigInt(cents) }),
    },
  }),
  Declined: plain,
  Refunded: z.object({ orderId, cents: z.string() }),
  Sent: plain,
  Lost: plain,
  Completed: plain,
  Cancelled: z.object({ orderId, because: z.string() }),
});

interface Bank {
  readonly charge: (at: Date) => bigint;
}

const saga = choreography({ name: 'shop', version: 1, start: 'Placed', key: 'orderId', events })
  .step('charge', {
    by: 'payment',
    on: 'Placed',
    ok: 'Charged',
    fails: ['Declined'],
    run: async ({ event, key }, bank: Bank) => ({
      type: 'Charged',
      data: { orderId: key, cents: bank.charge(event.data.at) },
    }),
    undo: {
      ok: 'Refunded',
      run: async ({ outcome, key }) => ({ type: 'Refunded', data: { orderId: key, cents: `${outcome.cents + 1n}` } }),
    },
    timeout: { after: '15m', fail: async ({ key }) => ({ type: 'Declined', data: { orderId: key } }) },
  })
  .pivot('send', {
    by: 'shipping',
    on: 'Charged',
    ok: 'Sent',
    fails: ['Lost'],
    run: async ({ key }) => ({ type: 'Sent', data: { orderId: key } }),
  })
  .end({
    done: { on: 'Sent', emit: 'Completed', data: ({ data }) => data },
    cancelled: { emit: 'Cancelled', data: (cause, key) => ({ orderId: key, because: cause.type }) },
  });

const LEDGER = 'shop.charge-o1';
const AT = new Date('2026-01-02T00:00:00.000Z');
const metadata = { correlationId: 'c', causationId: 'k' };

let store: InMemoryEventStore;
let charged: Date[];
let failures: number;
let clock: MovingClock;

beforeEach(() => {
  store = new InMemoryEventStore({ clock: stillClock });
  charged = [];
  failures = 0;
  clock = new MovingClock();
});

const bank: Bank = {
  charge: (at) => {
    charged.push(at);
    if (charged.length <= failures) throw new Error('the line is dead');
    return 5n;
  },
};

const charge = () => createStepHandler(saga, 'charge', { store, services: bank, clock, timers: new RecordedTimers() });

async function recordOne(stream: string, type: string, data: object): Promise<RecordedEvent> {
  const commit = await store.append({ after: startOf(stream), events: [{ type, data }], metadata });
  const [event] = recordedEvents(commit);
  return event ?? expect.unreachable();
}

const placedOfOld = () => recordOne('order-o1', 'Placed', { id: 'o1', day: '2026-01-02' });
const entries = () => [...store.commits()].flatMap(({ stream, events: all }) => (stream === LEDGER ? [...all] : []));

describe('a step whose events evolve', () => {
  test('is run on its trigger of old as it is read today', async () => {
    await charge()(deliveryOf(await placedOfOld()));

    expect(charged).toEqual([AT]);
  });

  test('records its trigger and its outcome as JSON carries them', async () => {
    await charge()(deliveryOf(await placedOfOld()));

    expect(entries()).toMatchObject([
      {
        type: '$started',
        data: { trigger: { type: 'Placed', revision: 2, data: { orderId: 'o1', at: '2026-01-02T00:00:00.000Z' } } },
      },
      { type: 'Charged', data: { orderId: 'o1', cents: '5' } },
    ]);
  });

  test('is run again on the trigger that it was started with', async () => {
    failures = 1;
    const delivery = deliveryOf(await placedOfOld());

    await charge()(delivery);
    clock.pass('1m');
    await charge()(delivery);

    expect(charged).toEqual([AT, AT]);
    expect(entries().map(({ type }) => type)).toEqual(['$started', '$attempted', 'Charged']);
  });

  test('is undone with its outcome decoded', async () => {
    await charge()(deliveryOf(await placedOfOld()));
    await charge()(deliveryOf(await recordOne('shop.send-o1', 'Lost', { orderId: 'o1' })));

    expect(entries().at(-1)).toEqual({ type: 'Refunded', data: { orderId: 'o1', cents: '6' } });
  });

  test('ends the saga as any other does', async () => {
    const end = createEndHandler(saga, { store, clock: stillClock });

    await end(deliveryOf(await recordOne('shop.send-o1', 'Sent', { orderId: 'o1' })));

    expect([...store.commits()].at(-1)).toMatchObject({ stream: 'shop.end-o1', events: [{ type: 'Completed' }] });
  });
});
