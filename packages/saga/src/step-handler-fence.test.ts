import { beforeEach, describe, expect, test } from 'vitest';
import {
  deliveryOf,
  deliveryOfTimer,
  FakeProvider,
  MovingClock,
  RecordedTimers,
  WatchedStore,
} from './bench.test.fixture.js';
import { fulfilment, fulfilmentWith, record } from './fulfilment.test.fixture.js';
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

/** A call that hangs until it is let go. */
function hanging() {
  let letGo: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return { gone, letGo };
}

describe('a compensation before the trigger', () => {
  test('bars the step: the trigger finds the tombstone and does nothing', async () => {
    await charge()(deliveryOf(await shippingFailed()));
    await charge()(deliveryOf(await reserved()));

    expect(store.typesIn(CHARGE)).toEqual(['$tombstoned']);
    expect(provider.calls).toEqual([]);
    expect(store.published().map(({ stream }) => stream)).not.toContain(CHARGE);
  });

  test('and the trigger at once end in either way, never in both', async () => {
    const [trigger, cause] = [deliveryOf(await reserved()), deliveryOf(await shippingFailed())];
    const handle = charge();

    await Promise.all([handle(cause), handle(trigger)]);

    expect([
      ['$tombstoned'],
      ['$started', '$fenced', 'PaymentDeclined'],
      ['$started', 'PaymentCaptured', 'PaymentRefunded'],
    ]).toContainEqual(store.typesIn(CHARGE));
    expect(provider.standings.get(KEY)).not.toBe('stands');
  });
});

describe('a compensation while the step is at work', () => {
  test('fences it: the work is voided, and its late success cannot be recorded', async () => {
    const { gone, letGo } = hanging();
    const trigger = deliveryOf(await reserved());
    provider.after = (call) => (call.startsWith('act') ? gone : undefined);
    const atWork = charge()(trigger);
    await expect.poll(() => provider.standings.get(KEY)).toBe('stands');

    await charge()(deliveryOf(await shippingFailed()));
    letGo();
    await atWork;

    expect(store.typesIn(CHARGE)).toEqual(['$started', '$fenced', 'PaymentDeclined']);
    expect(store.published().find(({ type }) => type === 'PaymentDeclined')?.data).toEqual({
      orderId: 'o1',
      reason: 'no answer',
    });
    expect(provider.calls).toEqual([`act ${KEY}`, `void ${KEY}`]);
    expect(provider.standings.get(KEY)).toBe('taken back');
  });

  test('is refused by the provider when it acts after the void', async () => {
    const { gone, letGo } = hanging();
    const trigger = deliveryOf(await reserved());
    provider.before = (call) => (call.startsWith('act') ? gone : undefined);
    const atWork = charge()(trigger);
    await expect.poll(() => provider.calls).toEqual([`act ${KEY}`]);

    await charge()(deliveryOf(await shippingFailed()));
    letGo();

    await atWork;
    await charge()(trigger);
    expect(provider.standings.get(KEY)).toBe('void');
    expect(store.typesIn(CHARGE)).toEqual(['$started', '$fenced', 'PaymentDeclined']);
  });

  test('does not let the success be recorded between the fence and the failure', async () => {
    await crashAtWork();
    const trigger = deliveryOf(await reservedElsewhere());
    provider.before = async (call) => {
      if (!call.startsWith('void')) return;
      provider.before = () => undefined;
      await charge()(trigger);
    };

    await charge()(deliveryOf(await shippingFailed()));

    expect(provider.calls).toEqual([`void ${KEY}`, `void ${KEY}`]);
    expect(store.typesIn(CHARGE)).toEqual(['$started', '$fenced', 'PaymentDeclined']);
  });

  test('goes on with the failure when the provider was down after the fence', async () => {
    await crashAtWork();
    const cause = deliveryOf(await shippingFailed());
    provider.before = () => {
      throw new Error('provider down');
    };
    await charge()(cause);
    expect(store.typesIn(CHARGE)).toEqual(['$started', '$fenced', '$attempted']);
    provider.before = () => undefined;
    clock.pass('1m');

    await charge()(deliveryOfTimer(timers.timers[0] ?? expect.unreachable()));

    expect(provider.calls).toEqual([`void ${KEY}`, `void ${KEY}`]);
    expect(store.typesIn(CHARGE)).toEqual(['$started', '$fenced', '$attempted', 'PaymentDeclined']);
  });

  test('records one failure, of ten deliveries at once', async () => {
    await crashAtWork();
    const cause = deliveryOf(await shippingFailed());
    const handle = charge();

    await Promise.all(Array.from({ length: 10 }, () => handle(cause)));

    expect(store.typesIn(CHARGE)).toEqual(['$started', '$fenced', 'PaymentDeclined']);
  });

  test('is given the event that started the step, and may end in a declared failure only', async () => {
    await crashAtWork();
    const inputs: unknown[] = [];
    const fail = async (input: unknown) => {
      inputs.push(input);
      return { type: 'PaymentCaptured', data: { orderId: 'o1', chargeId: 'c' } };
    };

    await charge(fulfilmentWith('charge', { deadline: { afterMs: 1_000, fail } }))(deliveryOf(await shippingFailed()));

    expect(store.recorded().find(({ type }) => type === '$attempted')?.data).toMatchObject({
      work: 'fail',
      error: { message: expect.stringContaining('"PaymentCaptured" is not among "PaymentDeclined"') },
    });
    expect(inputs).toEqual([
      {
        event: expect.objectContaining({ type: 'InventoryReserved', data: { orderId: 'o1' } }),
        events: { InventoryReserved: expect.objectContaining({ data: { orderId: 'o1' } }) },
        key: 'o1',
        idempotencyKey: KEY,
        why: 'compensation',
      },
    ]);
    expect(store.typesIn(CHARGE)).toEqual(['$started', '$fenced', '$attempted']);
  });

  test('does not fence a step that has no way to end what is unknown', async () => {
    await crashAtWork();
    const steps = fulfilment.steps.map(({ deadline: _deadline, ...step }) => step);

    await charge({ ...fulfilment, steps })(deliveryOf(await shippingFailed()));

    expect(store.typesIn(CHARGE)).toEqual(['$started']);
  });

  /** Leaves "charge" started, with no outcome and nothing done at the provider. */
  async function crashAtWork(): Promise<void> {
    store.after = (call) => {
      if (call === `append ${CHARGE}`) throw new Error('crash');
    };
    await expect(charge()(deliveryOf(await reserved()))).rejects.toThrow('crash');
    store.after = () => undefined;
  }

  /** A trigger under the same key, recorded elsewhere. */
  function reservedElsewhere() {
    return record(store.inner, 'elsewhere-o1', { type: 'InventoryReserved', data: { orderId: 'o1' } });
  }
});
