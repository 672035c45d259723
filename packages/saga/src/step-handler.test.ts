import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  deliveryOf,
  deliveryOfTimer,
  FakeProvider,
  MovingClock,
  RecordedTimers,
  referenceTo,
  WatchedStore,
} from './bench.test.fixture.js';
import { fulfilment, fulfilmentWith, placeOrder, record, stockIn } from './fulfilment.test.fixture.js';
import type { AnyStep } from './step.js';
import { createStepHandler } from './step-handler.js';

const CHARGE = 'fulfilment.charge-o1';
const RESERVE = 'fulfilment.reserve-o1';
const KEY = 'fulfilment/charge/o1';

let store: WatchedStore;
let provider: FakeProvider;
let clock: MovingClock;
let timers: RecordedTimers;

beforeEach(() => {
  store = new WatchedStore();
  provider = new FakeProvider();
  clock = new MovingClock();
  timers = new RecordedTimers();
});

const charge = (saga = fulfilment) => createStepHandler(saga, 'charge', { store, services: provider, clock, timers });
const reserve = () => createStepHandler(fulfilment, 'reserve', { store, services: stockIn(store), clock, timers });
const reserved = () => record(store.inner, RESERVE, { type: 'InventoryReserved', data: { orderId: 'o1' } });

describe('a step that acts outside', () => {
  test('records its start, acts, and records its outcome', async () => {
    const trigger = await reserved();

    await charge()(deliveryOf(trigger));

    expect(store.calls).toEqual([`append ${CHARGE}`, `transact ${CHARGE}`]);
    expect(provider.calls).toEqual([`act ${KEY}`]);
    expect(store.recorded().filter(({ stream }) => stream === CHARGE)).toEqual([
      expect.objectContaining({
        type: '$started',
        version: 1,
        data: { trigger: JSON.parse(JSON.stringify(trigger)), deadline: '2026-01-02T03:19:05.000Z' },
      }),
      expect.objectContaining({
        type: 'PaymentCaptured',
        version: 2,
        data: { orderId: 'o1', chargeId: 'charge of o1' },
      }),
    ]);
  });

  test('reads a trigger that was too large for the bus from the store', async () => {
    await charge()(referenceTo(await reserved()));

    expect(store.calls).toEqual([`read ${RESERVE}`, `append ${CHARGE}`, `transact ${CHARGE}`]);
    expect(store.published().at(-1)).toMatchObject({ type: 'PaymentCaptured', data: { orderId: 'o1' } });
  });

  test('carries the correlation, the cause, the saga and its version along', async () => {
    const pinned = {
      correlationId: 'request-9',
      causationId: 'x',
      actor: 'bob',
      saga: 'fulfilment',
      sagaVersion: 3,
      hops: 1,
    };
    const trigger = await record(store.inner, RESERVE, { type: 'InventoryReserved', data: { orderId: 'o1' } }, pinned);

    await charge()(deliveryOf(trigger));

    expect(store.published().at(-1)?.metadata).toEqual({
      correlationId: 'request-9',
      causationId: trigger.id,
      actor: 'bob',
      saga: 'fulfilment',
      sagaVersion: 3,
      hops: 2,
    });
  });

  test('records a declared failure', async () => {
    provider.refused.add(KEY);

    await charge()(deliveryOf(await reserved()));

    expect(store.typesIn(CHARGE)).toEqual(['$started', 'PaymentDeclined']);
    expect(store.published().at(-1)?.data).toEqual({ orderId: 'o1', reason: 'no funds' });
  });

  test('answers a duplicate with a write that collides and one read', async () => {
    const delivery = deliveryOf(await reserved());
    await charge()(delivery);
    store.calls.length = 0;

    await charge()(delivery);

    expect(store.calls).toEqual([`append ${CHARGE}`, `read ${CHARGE}`]);
    expect(provider.calls).toHaveLength(1);
  });

  test('has one outcome of ten deliveries at once, all under one idempotency key', async () => {
    const delivery = deliveryOf(await reserved());
    const handle = charge();

    await Promise.all(Array.from({ length: 10 }, () => handle(delivery)));

    expect(store.typesIn(CHARGE)).toEqual(['$started', 'PaymentCaptured']);
    expect(new Set(provider.calls)).toEqual(new Set([`act ${KEY}`]));
  });

  test('acts again under the same key when it crashed after its start', async () => {
    const delivery = deliveryOf(await reserved());
    store.after = (call) => {
      if (call === `append ${CHARGE}`) throw new Error('crash');
    };
    await expect(charge()(delivery)).rejects.toThrow('crash');
    store.after = () => undefined;

    await charge()(delivery);

    expect(store.typesIn(CHARGE)).toEqual(['$started', 'PaymentCaptured']);
    expect(provider.calls).toEqual([`act ${KEY}`]);
  });

  test('acts again under the same key when it crashed before its outcome was recorded', async () => {
    const delivery = deliveryOf(await reserved());
    store.before = (call) => {
      if (call === `transact ${CHARGE}`) throw new Error('crash');
    };
    await expect(charge()(delivery)).rejects.toThrow('crash');
    store.before = () => undefined;

    await charge()(delivery);

    expect(store.typesIn(CHARGE)).toEqual(['$started', 'PaymentCaptured']);
    expect(provider.calls).toEqual([`act ${KEY}`, `act ${KEY}`]);
  });

  test('records what it throws, and is brought back by a timer', async () => {
    provider.after = () => {
      throw new Error('no answer');
    };

    await charge()(deliveryOf(await reserved()));

    const next = '2026-01-02T03:05:05.000Z';
    expect(store.typesIn(CHARGE)).toEqual(['$started', '$attempted']);
    expect(store.recorded().at(-1)?.data).toEqual({
      work: 'run',
      error: { name: 'Error', message: 'no answer' },
      next,
    });
    expect(timers.timers).toEqual([{ saga: 'fulfilment', step: 'charge', key: 'o1', at: next }]);
  });

  test('acts upon the event that started it, whatever comes later under the same key', async () => {
    const amounts: unknown[] = [];
    const run: AnyStep['run'] = async ({ event }) => {
      amounts.push(event.data);
      if (amounts.length === 1) throw new Error('no answer');
      return { type: 'PaymentDeclined', data: { orderId: 'o1', reason: 'no funds' } };
    };
    const handle = charge(fulfilmentWith('charge', { on: ['OrderPlaced'], run }));
    const placedAgain = { type: 'OrderPlaced', data: { orderId: 'o1', amountCents: 9_999 } };

    await handle(deliveryOf(await placeOrder(store.inner)));
    clock.pass('1m');
    await handle(deliveryOf(await record(store.inner, 'order-again', placedAgain)));

    expect(amounts).toEqual([
      { orderId: 'o1', amountCents: 1_250 },
      { orderId: 'o1', amountCents: 1_250 },
    ]);
  });
});

describe('a step that acts in the store only', () => {
  beforeEach(async () => {
    await stockIn(store.inner).execute('lamp', 'receive', 1);
  });

  test('commits its outcome and its decisions in one transaction, without a start', async () => {
    await reserve()(deliveryOf(await placeOrder(store.inner)));

    expect(store.calls).toEqual(['read stock-lamp', `transact ${RESERVE} stock-lamp`]);
    expect(store.typesIn(RESERVE)).toEqual(['InventoryReserved']);
    expect(store.typesIn('stock-lamp')).toEqual(['UnitsReceived', 'UnitReserved']);
    const [outcome, decided] = store
      .recorded()
      .filter(({ type }) => type === 'InventoryReserved' || type === 'UnitReserved');
    expect(outcome?.metadata).toEqual(decided?.metadata);
  });

  test('decides anew on what the other stream then holds when somebody else was first', async () => {
    const placed = await placeOrder(store.inner);
    store.before = async (call) => {
      if (!call.startsWith('transact')) return;
      store.before = () => undefined;
      await stockIn(store.inner).execute('lamp', 'reserve', 'o2');
    };

    await reserve()(deliveryOf(placed));

    expect(store.typesIn(RESERVE)).toEqual(['InventoryRejected']);
    expect(store.typesIn('stock-lamp')).toEqual(['UnitsReceived', 'UnitReserved']);
  });

  test('writes neither when the transaction fails', async () => {
    const placed = await placeOrder(store.inner);
    store.before = (call) => {
      if (call.startsWith('transact')) throw new Error('no connection');
    };

    await expect(reserve()(deliveryOf(placed))).rejects.toThrow('no connection');

    expect(store.typesIn(RESERVE)).toEqual([]);
    expect(store.typesIn('stock-lamp')).toEqual(['UnitsReceived']);
  });

  test('gives the last unit to one of ten orders', async () => {
    const orders = Array.from({ length: 10 }, (_, index) => `o${index}`);
    const placed = await Promise.all(orders.map((orderId) => placeOrder(store.inner, orderId)));

    await Promise.all(placed.map((event) => reserve()(deliveryOf(event))));

    const outcomes = orders.map((orderId) => store.typesIn(`fulfilment.reserve-${orderId}`).join());
    expect(outcomes.filter((outcome) => outcome === 'InventoryReserved')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'InventoryRejected')).toHaveLength(9);
    expect(store.typesIn('stock-lamp')).toEqual(['UnitsReceived', 'UnitReserved']);
  });

  test('reserves once of ten deliveries at once', async () => {
    await stockIn(store.inner).execute('lamp', 'receive', 9);
    const delivery = deliveryOf(await placeOrder(store.inner));
    const handle = reserve();

    await Promise.all(Array.from({ length: 10 }, () => handle(delivery)));

    expect(store.typesIn(RESERVE)).toEqual(['InventoryReserved']);
    expect(store.typesIn('stock-lamp')).toEqual(['UnitsReceived', 'UnitsReceived', 'UnitReserved']);
  });
});

describe('an outcome that may not be', () => {
  test.each([
    ['was not declared', { type: 'PaymentRefunded', data: { orderId: 'o1' } }, 'InvalidOutcomeError'],
    ['belongs to another run', { type: 'PaymentDeclined', data: { orderId: 'o2', reason: '' } }, 'InvalidOutcomeError'],
    ['fails its schema', { type: 'PaymentDeclined', data: { orderId: 'o1' } }, 'InvalidEventError'],
    ['is none that JSON carries', { type: 'Held', data: { orderId: 'o1', cents: 1n } }, 'InvalidEventError'],
  ])('counts as an attempt that failed: it %s', async (_why, outcome, name) => {
    const events = { ...fulfilment.events, Held: z.object({ orderId: z.string(), cents: z.bigint() }) };
    const more = { run: async () => outcome, fails: ['PaymentDeclined', 'Held'] };
    const handle = charge(fulfilmentWith('charge', more, { events } as unknown as typeof fulfilment));

    await handle(deliveryOf(await reserved()));

    expect(store.typesIn(CHARGE)).toEqual(['$started', '$attempted']);
    expect(store.recorded().at(-1)?.data).toMatchObject({ work: 'run', error: { name } });
  });
});

describe('a handler', () => {
  test('passes over events that are none of the step', async () => {
    await charge()(deliveryOf(await placeOrder(store.inner)));

    expect(store.calls).toEqual([]);
  });

  test('passes over the timers of other steps and sagas', async () => {
    const timer = { saga: 'fulfilment', step: 'charge', key: 'o1', at: '2026-01-02T03:04:05Z' };

    await charge()(deliveryOfTimer({ ...timer, step: 'reserve' }));
    await charge()(deliveryOfTimer({ ...timer, saga: 'tour' }));
    expect(store.calls).toEqual([]);

    await charge()(deliveryOfTimer(timer));
    expect(store.calls).toEqual([`read ${CHARGE}`]);
  });

  test('refuses a delivery that does not fit its definition', async () => {
    const trigger = await record(store.inner, RESERVE, { type: 'InventoryReserved', data: { orderId: 7 } });

    await expect(charge()(deliveryOf(trigger))).rejects.toThrow(expect.objectContaining({ code: 'INVALID_EVENT' }));
    expect(store.calls).toEqual([]);
  });

  test('is not made for a step that the saga does not have', () => {
    expect(() => createStepHandler(fulfilment, 'pay' as 'ship', { store, services: provider, timers })).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: 'Saga "fulfilment" has no step "pay"; it has reserve, charge, ship.',
      }),
    );
  });
});
