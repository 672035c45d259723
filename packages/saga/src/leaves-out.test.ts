import { endOf } from '@everfold/core';
import type { BusHandler } from '@everfold/eventbridge';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { deliveryOf, deliveryOfTimer, FakeProvider, MovingClock, WatchedStore } from './bench.test.fixture.js';
import { record } from './fulfilment.test.fixture.js';
import { endLeavesOut, sagaLeavesOut, stepLeavesOut } from './leaves-out.js';
import type { AnySaga } from './saga.js';
import { contract, pivot, place, retriable, step, trip, wait } from './trip.test.fixture.js';
import { withEarlier } from './versions.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** All of the package as a bundle has it that does without something: the same code, with the constants set. */
async function without(...names: readonly string[]) {
  vi.unstubAllGlobals();
  vi.resetModules();
  for (const name of names) vi.stubGlobal(name, true);
  const [fixture, end, versions] = await Promise.all([
    import('./trip.test.fixture.js'),
    import('./end-handler.js'),
    import('./versions.js'),
  ]);
  return { ...fixture, ...end, ...versions };
}

const of = (saga: AnySaga, name: string) =>
  stepLeavesOut(saga as AnySaga & { readonly services?: Record<string, unknown> }, name);
const leftOut = (part: string) => expect.objectContaining({ code: 'LEFT_OUT', retryable: false, part });

/** Two branches that are joined before the pivot: `(Car | Hotel → Permit) → Pay → Mail`. */
const joined = () => [
  step('Car', 'Placed', { effect: 'store', timeout: undefined } as never),
  step('Hotel', 'Placed'),
  wait('Permit', 'HotelDone'),
  pivot('Pay', { all: ['CarDone', 'PermitDone'] }),
  retriable('Mail', 'PayDone'),
];

describe('what a bundle does without', () => {
  it('follows from the definition of its step', () => {
    const saga = trip(joined());
    const names = (name: string) => of(saga, name).map((each) => each.replace('EVERFOLD_WITHOUT_', ''));

    expect(names('Car')).toEqual(['CONTRACTS', 'EARLIER', 'GIVING_UP', 'JOINS']);
    expect(names('Hotel')).toEqual(['CONTRACTS', 'EARLIER', 'JOINS']);
    expect(names('Permit')).toEqual(['CONTRACTS', 'EARLIER', 'JOINS', 'STARTS', 'UNDO']);
    expect(names('Pay')).toEqual(['CONTRACTS', 'EARLIER', 'GIVING_UP', 'STARTS', 'UNDO']);
    expect(names('Mail')).toEqual(['CONTRACTS', 'EARLIER', 'GIVING_UP', 'JOINS', 'STARTS', 'UNDO']);
    expect(endLeavesOut(saga)).toEqual([...sagaLeavesOut(saga), 'EVERFOLD_WITHOUT_JOINS']);
    expect(endLeavesOut(trip(joined(), { doneOn: { all: ['PayDone', 'MailDone'] } }))).toEqual(sagaLeavesOut(saga));
  });

  it('has contracts wherever another service runs any of the steps', () => {
    const saga = trip([contract('Truck', 'Placed'), pivot('Pay', 'TruckDone')]);

    expect(of(saga, 'Pay')).not.toContain('EVERFOLD_WITHOUT_CONTRACTS');
    expect(endLeavesOut(saga)).not.toContain('EVERFOLD_WITHOUT_CONTRACTS');
  });

  it('is what all versions of the saga do without', () => {
    const first = trip([step('Car', 'Placed'), pivot('Pay', 'CarDone')]);
    const second = trip([pivot('Car', 'Placed')], { version: 2 });

    expect(of(second, 'Car')).toContain('EVERFOLD_WITHOUT_UNDO');
    expect(of(withEarlier(second, first), 'Car')).toEqual(['EVERFOLD_WITHOUT_CONTRACTS', 'EVERFOLD_WITHOUT_JOINS']);
  });

  it('is not said of a step that is not there', () => {
    expect(() => of(trip(joined()), 'Boat')).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: 'Saga "trip" has no step "Boat"; it has Car, Hotel, Permit, Pay, Mail.',
      }),
    );
  });
});

describe('a bundle that meets what was left out of it', () => {
  const done = (name: string, store: WatchedStore) =>
    record(store.inner, `trip.${name}-o1`, { type: `${name}Done`, data: { orderId: 'o1' } });
  const failed = (name: string, store: WatchedStore) =>
    record(store.inner, `trip.${name}-o1`, { type: `${name}Failed`, data: { orderId: 'o1' } });

  it('refuses a saga with a step under a contract', async () => {
    const bundle = await without('EVERFOLD_WITHOUT_CONTRACTS');

    expect(() => bundle.trip([bundle.contract('Truck', 'Placed'), bundle.pivot('Pay', 'TruckDone')])).toThrow(
      leftOut('steps under a contract'),
    );
  });

  it('refuses a saga with earlier versions', async () => {
    const bundle = await without('EVERFOLD_WITHOUT_EARLIER');

    expect(() => bundle.withEarlier(bundle.trip(joined(), { version: 2 }), bundle.trip(joined()))).toThrow(
      leftOut('earlier versions of a saga'),
    );
  });

  it('does not take a start for handled', async () => {
    const bundle = await without('EVERFOLD_WITHOUT_STARTS');
    const [store, provider] = [new WatchedStore(), new FakeProvider()];
    const handle = bundle.handlerOf(bundle.trip(joined()), 'Hotel', store, provider);

    await expect(handle(deliveryOf(await place(store.inner)))).rejects.toEqual(leftOut('the start of runs'));

    expect(store.calls).toEqual([]);
    expect(provider.calls).toEqual([]);
  });

  it('does not take one of several triggers for handled', async () => {
    const bundle = await without('EVERFOLD_WITHOUT_JOINS');
    const [store, provider] = [new WatchedStore(), new FakeProvider()];
    const saga = bundle.trip(joined(), { doneOn: { all: ['PayDone', 'MailDone'] } });
    const car = deliveryOf(await done('Car', store));
    const mail = deliveryOf(await done('Mail', store));

    await expect(bundle.handlerOf(saga, 'Pay', store, provider)(car)).rejects.toEqual(
      leftOut('triggers of several events'),
    );
    await expect(bundle.createEndHandler(saga, { store })(mail)).rejects.toEqual(leftOut('triggers of several events'));

    expect(store.calls).toEqual([]);
    expect(provider.calls).toEqual([]);
  });

  it('does not take a compensation for handled that undoes a step', async () => {
    const bundle = await without('EVERFOLD_WITHOUT_UNDO');
    const [store, provider] = [new WatchedStore(), new FakeProvider()];
    const handle = bundle.handlerOf(bundle.trip(joined()), 'Car', store, provider);
    await done('Car', store);

    await expect(handle(deliveryOf(await failed('Pay', store)))).rejects.toEqual(leftOut('undoing a step'));

    expect(store.typesIn('trip.Car-o1')).toEqual(['CarDone']);
    expect(provider.calls).toEqual([]);
  });

  it('does not take a compensation, or a time that is over, for handled upon which a step is given up', async () => {
    const bundle = await without('EVERFOLD_WITHOUT_GIVING_UP');
    const [store, provider, clock] = [new WatchedStore(), new FakeProvider(), new MovingClock()];
    const saga = bundle.trip(joined());
    const handle = bundle.handlerOf(saga, 'Permit', store, provider, { clock });
    const timer = { saga: 'trip', step: 'Permit', key: 'o1', at: '2026-01-02T04:04:05.000Z' };
    await handle(deliveryOf(await done('Hotel', store)));
    const failure = deliveryOf(await failed('Car', store));

    await expect(handle(failure)).rejects.toEqual(leftOut('giving a step up'));
    clock.pass('1h');
    await expect(handle(deliveryOfTimer(timer))).rejects.toEqual(leftOut('giving a step up'));

    expect(store.typesIn('trip.Permit-o1')).toEqual(['$started']);
  });

  it('does not take a trigger for handled when the last attempt has failed and the step is to be given up', async () => {
    const bundle = await without('EVERFOLD_WITHOUT_GIVING_UP');
    const [store, provider] = [new WatchedStore(), new FakeProvider()];
    const saga = bundle.trip([
      bundle.step('Car', 'Placed', { retry: { attempts: 1 } }),
      bundle.pivot('Pay', 'CarDone'),
    ]);
    provider.before = () => {
      throw new Error('no answer');
    };

    await expect(bundle.handlerOf(saga, 'Car', store, provider)(deliveryOf(await place(store.inner)))).rejects.toEqual(
      leftOut('giving a step up'),
    );

    expect(store.typesIn('trip.Car-o1')).toEqual(['$started']);
  });
});

describe('handlers that each do without what is derived from the saga', () => {
  /** Has every event that is published reach every handler, until nothing new is. */
  async function run(provider: FakeProvider) {
    const store = new WatchedStore();
    const handlers: BusHandler[] = [];
    const derived = trip(joined());
    for (const { name } of derived.steps) {
      const bundle = await without(...of(derived, name));
      handlers.push(bundle.handlerOf(bundle.trip(joined()), name, store, provider));
    }
    const bundle = await without(...endLeavesOut(derived));
    handlers.push(bundle.createEndHandler(bundle.trip(joined()), { store }));
    await place(store.inner);
    const seen = new Set<string>();
    for (let isNew = true; isNew; ) {
      isNew = false;
      if (store.typesIn('trip.Permit-o1').join() === '$started') await permit(store);
      for (const event of store.published().filter(({ id }) => !seen.has(id))) {
        isNew = true;
        seen.add(event.id);
        for (const handle of handlers) await handle(deliveryOf(event));
      }
    }
    return store.published().map(({ type }) => type);
  }

  /** Records the fact that is waited for. */
  async function permit({ inner }: WatchedStore) {
    for await (const commit of inner.read('trip.Permit-o1'))
      await inner.append({
        after: endOf(commit),
        events: [{ type: 'PermitDone', data: { orderId: 'o1' } }],
        metadata: commit.metadata,
      });
  }

  it('bring a run to its end', async () => {
    expect((await run(new FakeProvider())).toSorted()).toEqual(
      ['Placed', 'CarDone', 'HotelDone', 'PermitDone', 'PayDone', 'MailDone', 'Completed'].toSorted(),
    );
  });

  it('take all of it back when the pivot fails', async () => {
    const provider = new FakeProvider();
    provider.refused.add('trip/Pay/o1');

    expect((await run(provider)).toSorted()).toEqual(
      ['Placed', 'CarDone', 'HotelDone', 'PermitDone', 'PayFailed', 'CarUndone', 'HotelUndone', 'Cancelled'].toSorted(),
    );
  });
});
