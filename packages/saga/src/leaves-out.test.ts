import { endOf, type LeavesOut } from '@everfold/core';
import type { BusHandler } from '@everfold/eventbridge';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { deliveryOf, FakeProvider, WatchedStore } from './bench.test.fixture.js';
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
/** The parts that are left out. */
const named = (leavesOut: LeavesOut) =>
  Object.entries(leavesOut).flatMap(([name, isLeftOut]) => (isLeftOut ? [name.replace('EVERFOLD_WITHOUT_', '')] : []));
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
    const twice = trip(joined(), { doneOn: { all: ['PayDone', 'MailDone'] } });

    expect(named(sagaLeavesOut(saga))).toEqual(['CONTRACTS', 'EARLIER']);
    expect(named(of(saga, 'Car'))).toEqual(['CONTRACTS', 'EARLIER', 'GIVING_UP', 'JOINS', 'WAITS']);
    expect(named(of(saga, 'Hotel'))).toEqual(['CONTRACTS', 'EARLIER', 'JOINS', 'WAITS']);
    expect(named(of(saga, 'Permit'))).toEqual(['CONTRACTS', 'EARLIER', 'JOINS', 'STARTS', 'UNDO', 'WORK']);
    expect(named(of(saga, 'Pay'))).toEqual(['CONTRACTS', 'EARLIER', 'GIVING_UP', 'STARTS', 'UNDO', 'WAITS']);
    expect(named(of(saga, 'Mail'))).toEqual(['CONTRACTS', 'EARLIER', 'GIVING_UP', 'JOINS', 'STARTS', 'UNDO', 'WAITS']);
    expect(named(endLeavesOut(saga))).toEqual(['CONTRACTS', 'EARLIER', 'JOINS']);
    expect(named(endLeavesOut(twice))).toEqual(['CONTRACTS', 'EARLIER']);
  });

  it('has contracts wherever another service runs any of the steps', () => {
    const saga = trip([contract('Truck', 'Placed'), pivot('Pay', 'TruckDone')]);

    expect(named(of(saga, 'Truck'))).toEqual(['EARLIER', 'GIVING_UP', 'JOINS', 'UNDO', 'WORK']);
    expect(named(of(saga, 'Pay'))).not.toContain('CONTRACTS');
    expect(named(endLeavesOut(saga))).not.toContain('CONTRACTS');
  });

  it('is what all versions of the saga do without', () => {
    const first = trip([step('Car', 'Placed'), pivot('Pay', 'CarDone')]);
    const second = trip([pivot('Car', 'Placed')], { version: 2 });

    expect(named(of(second, 'Car'))).toEqual(['CONTRACTS', 'EARLIER', 'GIVING_UP', 'JOINS', 'UNDO', 'WAITS']);
    expect(named(of(withEarlier(second, first), 'Car'))).toEqual(['CONTRACTS', 'JOINS', 'WAITS']);
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

  it.each([
    ['EVERFOLD_WITHOUT_GIVING_UP', 'giving a step up', ['Hotel', 'Permit']],
    ['EVERFOLD_WITHOUT_STARTS', 'the start of a saga', ['Car', 'Hotel']],
    ['EVERFOLD_WITHOUT_UNDO', 'undoing a step', ['Car', 'Hotel']],
    ['EVERFOLD_WITHOUT_WAITS', 'waiting', ['Permit']],
    ['EVERFOLD_WITHOUT_WORK', 'running a step', ['Car', 'Hotel', 'Pay', 'Mail']],
  ])('and has %s refuses the steps that need it, before they are handed any event', async (name, part, needing) => {
    const bundle = await without(name);
    const saga = bundle.trip(joined());
    const make = (step: string) => () => bundle.handlerOf(saga, step, new WatchedStore(), new FakeProvider());

    for (const step of needing) expect(make(step), step).toThrow(leftOut(part));
    for (const step of saga.steps.filter((each) => !needing.includes(each.name))) expect(make(step.name)).not.toThrow();
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
});

describe('handlers that each do without what is derived from the saga', () => {
  const constants = (leavesOut: LeavesOut) => named(leavesOut).map((part) => `EVERFOLD_WITHOUT_${part}`);

  /** Has every event that is published reach every handler, until nothing new is. */
  async function run(provider: FakeProvider) {
    const store = new WatchedStore();
    const handlers: BusHandler[] = [];
    const derived = trip(joined());
    for (const { name } of derived.steps) {
      const bundle = await without(...constants(of(derived, name)));
      handlers.push(bundle.handlerOf(bundle.trip(joined()), name, store, provider));
    }
    const bundle = await without(...constants(endLeavesOut(derived)));
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
