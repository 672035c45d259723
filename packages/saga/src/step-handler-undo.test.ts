import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  deliveryOf,
  deliveryOfTimer,
  FakeProvider,
  MovingClock,
  RecordedTimers,
  WatchedStore,
} from './bench.test.fixture.js';
import { fulfilment, fulfilmentWith, placeOrder, record, stockIn } from './fulfilment.test.fixture.js';
import type { SagaStep } from './step.js';
import { createStepHandler } from './step-handler.js';

const CHARGE = 'fulfilment.charge-o1';
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
const reserved = () =>
  record(store.inner, 'fulfilment.reserve-o1', { type: 'InventoryReserved', data: { orderId: 'o1' } });
const shippingFailed = () =>
  record(store.inner, 'fulfilment.ship-o1', { type: 'ShippingFailed', data: { orderId: 'o1' } });

describe('a compensation after the outcome', () => {
  test('takes the work back, and records that', async () => {
    await charge()(deliveryOf(await reserved()));
    const cause = await shippingFailed();
    store.calls.length = 0;

    await charge()(deliveryOf(cause));

    expect(store.calls).toEqual([`read ${CHARGE}`, `transact ${CHARGE}`]);
    expect(provider.calls).toEqual([`act ${KEY}`, `takeBack ${KEY}`]);
    expect(provider.standings.get(KEY)).toBe('taken back');
    expect(store.typesIn(CHARGE)).toEqual(['$started', 'PaymentCaptured', 'PaymentRefunded']);
    expect(store.recorded().at(-1)).toMatchObject({ data: { orderId: 'o1' } });
    expect(store.recorded().find(({ type }) => type === 'PaymentRefunded')?.metadata).toMatchObject({
      causationId: cause.id,
      hops: 1,
    });
  });

  test('is told what the step had come to, and why it is undone', async () => {
    const inputs: unknown[] = [];
    const undo: SagaStep['undo'] = {
      ok: 'PaymentRefunded',
      run: async (input) => {
        inputs.push(input);
        return { type: 'PaymentRefunded', data: { orderId: 'o1' } };
      },
    };
    await charge()(deliveryOf(await reserved()));
    const cause = await shippingFailed();

    await charge(fulfilmentWith('charge', { undo }))(deliveryOf(cause));

    expect(inputs).toEqual([
      { outcome: { orderId: 'o1', chargeId: 'charge of o1' }, cause, key: 'o1', idempotencyKey: KEY },
    ]);
  });

  test('is done once, of ten deliveries at once and one later', async () => {
    await charge()(deliveryOf(await reserved()));
    const delivery = deliveryOf(await shippingFailed());
    const handle = charge();

    await Promise.all(Array.from({ length: 10 }, () => handle(delivery)));
    store.calls.length = 0;
    await handle(delivery);

    expect(store.typesIn(CHARGE)).toEqual(['$started', 'PaymentCaptured', 'PaymentRefunded']);
    expect(store.calls).toEqual([`read ${CHARGE}`]);
  });

  test('is done again under the same key when the provider did not answer', async () => {
    await charge()(deliveryOf(await reserved()));
    const delivery = deliveryOf(await shippingFailed());
    provider.after = () => {
      throw new Error('no answer');
    };
    await charge()(delivery);
    expect(store.typesIn(CHARGE)).toEqual(['$started', 'PaymentCaptured', '$attempted']);
    provider.after = () => undefined;
    clock.pass('1m');

    await charge()(deliveryOfTimer(timers.timers[0] ?? expect.unreachable()));

    expect(provider.calls.slice(1)).toEqual([`takeBack ${KEY}`, `takeBack ${KEY}`]);
    expect(store.typesIn(CHARGE)).toEqual(['$started', 'PaymentCaptured', '$attempted', 'PaymentRefunded']);
  });

  test('may return nothing but the compensation', async () => {
    await charge()(deliveryOf(await reserved()));
    const undo: SagaStep['undo'] = {
      ok: 'PaymentRefunded',
      run: async () => ({ type: 'PaymentDeclined', data: { orderId: 'o1', reason: '' } }),
    };

    await charge(fulfilmentWith('charge', { undo }))(deliveryOf(await shippingFailed()));

    expect(store.typesIn(CHARGE)).toEqual(['$started', 'PaymentCaptured', '$attempted']);
    expect(store.recorded().find(({ type }) => type === '$attempted')?.data).toMatchObject({
      work: 'undo',
      error: { message: expect.stringContaining('"PaymentDeclined" is not among "PaymentRefunded"') },
    });
  });

  test('gives back in one transaction what a step took in one', async () => {
    const stock = stockIn(store.inner);
    await stock.execute('lamp', 'receive', 1);
    const reserve = createStepHandler(fulfilment, 'reserve', { store, services: stockIn(store), clock, timers });
    await reserve(deliveryOf(await placeOrder(store.inner)));
    const declined = { type: 'PaymentDeclined', data: { orderId: 'o1', reason: 'no funds' } };
    store.calls.length = 0;

    await reserve(deliveryOf(await record(store.inner, CHARGE, declined)));

    expect(store.calls).toEqual([
      'read fulfilment.reserve-o1',
      'read stock-lamp',
      'transact fulfilment.reserve-o1 stock-lamp',
    ]);
    expect((await stock.load('lamp')).state).toEqual({ units: 1 });
  });
});

describe('a step of an older definition', () => {
  const newer = {
    ...fulfilment,
    events: {
      ...fulfilment.events,
      InventoryReserved: z.object({ orderId: z.string(), units: z.number().default(1) }),
      PaymentCaptured: z.object({ orderId: z.string(), chargeId: z.string(), currency: z.string().default('EUR') }),
    },
  };

  test('is undone with its outcome as the schema outputs it now', async () => {
    const outcomes: unknown[] = [];
    const undo: SagaStep['undo'] = {
      ok: 'PaymentRefunded',
      run: async ({ outcome }) => {
        outcomes.push(outcome);
        return { type: 'PaymentRefunded', data: { orderId: 'o1' } };
      },
    };
    await charge()(deliveryOf(await reserved()));

    await charge(fulfilmentWith('charge', { undo }, newer))(deliveryOf(await shippingFailed()));

    expect(outcomes).toEqual([{ orderId: 'o1', chargeId: 'charge of o1', currency: 'EUR' }]);
  });

  test('goes on with its trigger as the schema outputs it now, forwards and backwards', async () => {
    const triggers: unknown[] = [];
    const keep = async ({ event }: { event: { data: unknown } }) => {
      triggers.push(event.data);
      throw new Error('no answer');
    };
    const trigger = deliveryOf(await reserved());
    const run: SagaStep['run'] = () => Promise.reject(new Error('no answer'));
    await charge(fulfilmentWith('charge', { run }))(trigger);
    const deadline = { afterMs: 60_000, fail: keep };
    const handle = charge(fulfilmentWith('charge', { run: keep, deadline }, newer));
    clock.pass('1m');

    await handle(trigger);
    await handle(deliveryOf(await shippingFailed()));

    expect(triggers).toEqual([
      { orderId: 'o1', units: 1 },
      { orderId: 'o1', units: 1 },
    ]);
  });
});
