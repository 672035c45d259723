import { beforeEach, describe, expect, test } from 'vitest';
import { deliveryOf, FakeProvider, WatchedStore } from './bench.test.fixture.js';
import { handlerOf, pivot, place, step, trip } from './trip.test.fixture.js';

/*
 *   Placed ─┬→ Hotel ─┬→ Meal
 *           │         └→ Pay (pivot)
 *           └→ Car ──→ Seat
 */
const saga = trip([
  step('Hotel', 'Placed'),
  step('Car', 'Placed'),
  step('Meal', 'HotelDone'),
  step('Seat', 'CarDone'),
  pivot('Pay', 'HotelDone'),
]);

let store: WatchedStore;
let provider: FakeProvider;

beforeEach(async () => {
  store = new WatchedStore();
  provider = new FakeProvider();
  await place(store.inner);
});

/** Delivers an event that was published to a step. */
async function deliver(type: string, name: string): Promise<void> {
  const event = store.published().find((candidate) => candidate.type === type);
  if (event === undefined) throw new Error(`There is no ${type}.`);
  await handlerOf(saga, name, store, provider)(deliveryOf(event));
}

const ledgerOf = (name: string) => store.typesIn(`trip.${name}-o1`);

describe('a step upon which several others follow', () => {
  test('is undone only when all of them are taken back', async () => {
    provider.refused.add('trip/Pay/o1');
    await deliver('Placed', 'Hotel');
    await deliver('HotelDone', 'Meal');
    await deliver('HotelDone', 'Pay');

    await deliver('PayFailed', 'Hotel');
    expect(ledgerOf('Hotel')).toEqual(['$started', 'HotelDone']);

    await deliver('PayFailed', 'Meal');
    await deliver('MealUndone', 'Hotel');
    expect(ledgerOf('Hotel')).toEqual(['$started', 'HotelDone', 'HotelUndone']);
    expect(provider.calls.slice(-2)).toEqual(['takeBack trip/Meal/o1', 'takeBack trip/Hotel/o1']);
  });

  test('bars those that were never begun, and waits for nothing', async () => {
    provider.refused.add('trip/Pay/o1');
    await deliver('Placed', 'Hotel');
    await deliver('HotelDone', 'Pay');

    await deliver('PayFailed', 'Hotel');
    await deliver('HotelDone', 'Meal');

    expect(ledgerOf('Hotel')).toEqual(['$started', 'HotelDone', 'HotelUndone']);
    expect(ledgerOf('Meal')).toEqual(['$tombstoned']);
  });
});

describe('a failure on another branch', () => {
  test('takes this one back from its far end', async () => {
    provider.refused.add('trip/Hotel/o1');
    await deliver('Placed', 'Car');
    await deliver('CarDone', 'Seat');
    await deliver('Placed', 'Hotel');

    await deliver('HotelFailed', 'Car');
    expect(ledgerOf('Car')).toEqual(['$started', 'CarDone']);

    await deliver('HotelFailed', 'Seat');
    await deliver('SeatUndone', 'Car');
    expect(ledgerOf('Car')).toEqual(['$started', 'CarDone', 'CarUndone']);
    expect([...provider.standings]).toEqual([
      ['trip/Car/o1', 'taken back'],
      ['trip/Seat/o1', 'taken back'],
    ]);
  });

  test('bars the pivot that was not begun', async () => {
    provider.refused.add('trip/Car/o1');
    await deliver('Placed', 'Hotel');
    await deliver('Placed', 'Car');

    await deliver('CarFailed', 'Hotel');
    await deliver('HotelDone', 'Pay');

    expect(ledgerOf('Pay')).toEqual(['$tombstoned']);
    expect(ledgerOf('Hotel')).toEqual(['$started', 'HotelDone', 'HotelUndone']);
  });

  test('does not take back what the pivot has settled', async () => {
    provider.refused.add('trip/Car/o1');
    await deliver('Placed', 'Hotel');
    await deliver('HotelDone', 'Pay');
    await deliver('Placed', 'Car');

    await deliver('CarFailed', 'Hotel');

    expect(ledgerOf('Hotel')).toEqual(['$started', 'HotelDone']);
    expect(provider.standings.get('trip/Hotel/o1')).toBe('stands');
  });
});

test('one step after another costs no look at others', async () => {
  provider.refused.add('trip/Seat/o1');
  await deliver('Placed', 'Car');
  await deliver('CarDone', 'Seat');
  store.calls.length = 0;

  await deliver('SeatFailed', 'Car');

  expect(store.calls).toEqual(['read trip.Car-o1', 'transact trip.Car-o1']);
});
