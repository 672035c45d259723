import { beforeEach, describe, expect, test } from 'vitest';
import { deliveryOf, FakeProvider, WatchedStore } from './bench.test.fixture.js';
import { record } from './fulfilment.test.fixture.js';
import { handlerOf, pivot, place, step, trip, wait } from './trip.test.fixture.js';
import { all } from './types.js';

/*
 *   Placed ─┬→ Hotel ─┬→ Meal ─┐
 *           │         └→ Tour ─┼→ Pay (pivot)
 *           └→ Car ──→ Seat ───┘
 */
const saga = trip(
  [
    step('Hotel', 'Placed'),
    step('Car', 'Placed'),
    step('Meal', 'HotelDone'),
    step('Tour', 'HotelDone'),
    step('Seat', 'CarDone'),
    pivot('Pay', all('MealDone', 'TourDone', 'SeatDone')),
  ],
  { cancel: 'Stopped' },
);

let store: WatchedStore;
let provider: FakeProvider;

beforeEach(async () => {
  store = new WatchedStore();
  provider = new FakeProvider();
  await place(store.inner);
});

/** Delivers an event that was published to steps. */
async function deliver(type: string, ...names: string[]): Promise<void> {
  const event = store.published().find((candidate) => candidate.type === type);
  if (event === undefined) throw new Error(`There is no ${type}.`);
  for (const name of names) await handlerOf(saga, name, store, provider)(deliveryOf(event));
}

const ledgerOf = (name: string) => store.typesIn(`trip.${name}-o1`);

describe('a step upon which several others follow', () => {
  test('is undone only when all of them are taken back', async () => {
    provider.refused.add('trip/Tour/o1');
    await deliver('Placed', 'Hotel');
    await deliver('HotelDone', 'Meal', 'Tour');

    await deliver('TourFailed', 'Hotel');
    expect(ledgerOf('Hotel')).toEqual(['$started', 'HotelDone']);

    await deliver('TourFailed', 'Meal');
    await deliver('MealUndone', 'Hotel');
    expect(ledgerOf('Hotel')).toEqual(['$started', 'HotelDone', 'HotelUndone']);
    expect(provider.calls.slice(-2)).toEqual(['takeBack trip/Meal/o1', 'takeBack trip/Hotel/o1']);
  });

  test('bars those that were never begun, and waits for nothing', async () => {
    provider.refused.add('trip/Tour/o1');
    await deliver('Placed', 'Hotel');
    await deliver('HotelDone', 'Tour');

    await deliver('TourFailed', 'Hotel');
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

  test('bars the pivot that waits for both', async () => {
    provider.refused.add('trip/Car/o1');
    await deliver('Placed', 'Hotel', 'Car');
    await deliver('HotelDone', 'Meal', 'Tour');

    await deliver('CarFailed', 'Meal');
    await deliver('TourDone', 'Pay');

    expect(ledgerOf('Pay')).toEqual(['$tombstoned']);
    expect(ledgerOf('Meal')).toEqual(['$started', 'MealDone', 'MealUndone']);
  });
});

describe('a step that waits for several events', () => {
  test('begins with the last of them, whichever that is', async () => {
    await deliver('Placed', 'Hotel', 'Car');
    await deliver('CarDone', 'Seat');
    await deliver('SeatDone', 'Pay');
    await deliver('HotelDone', 'Meal', 'Tour');
    expect(ledgerOf('Pay')).toEqual([]);

    await deliver('TourDone', 'Pay');
    expect(ledgerOf('Pay')).toEqual(['$started', 'PayDone']);
    await deliver('MealDone', 'Pay');
    expect(provider.calls.filter((call) => call === 'act trip/Pay/o1')).toHaveLength(1);
  });

  test('costs a look for each of the others', async () => {
    await deliver('Placed', 'Hotel', 'Car');
    await deliver('CarDone', 'Seat');
    await deliver('HotelDone', 'Meal', 'Tour');
    store.calls.length = 0;

    await deliver('SeatDone', 'Pay');

    expect(store.calls).toEqual([
      'read trip.Meal-o1',
      'read trip.Tour-o1',
      'append trip.Pay-o1',
      'transact trip.Pay-o1',
    ]);
  });
});

describe('a cancellation from outside', () => {
  const stopped = () => record(store.inner, 'stop-o1', { type: 'Stopped', data: { orderId: 'o1' } });

  test('takes back what was done', async () => {
    await deliver('Placed', 'Hotel');
    await stopped();

    await deliver('Stopped', 'Hotel', 'Car');
    await deliver('Placed', 'Car');

    expect(ledgerOf('Hotel')).toEqual(['$started', 'HotelDone', 'HotelUndone']);
    expect(ledgerOf('Car')).toEqual(['$tombstoned']);
  });

  test('does not take back what the pivot has settled', async () => {
    await deliver('Placed', 'Hotel', 'Car');
    await deliver('CarDone', 'Seat');
    await deliver('HotelDone', 'Meal', 'Tour');
    await deliver('TourDone', 'Pay');
    await stopped();

    await deliver('Stopped', 'Hotel', 'Car', 'Meal', 'Tour', 'Seat', 'Pay');

    for (const name of ['Hotel', 'Car', 'Meal', 'Tour', 'Seat', 'Pay'])
      expect(ledgerOf(name)).toEqual(['$started', `${name}Done`]);
  });
});

test('a step that waits in some runs only is not asked where it does not wait', async () => {
  const asking = trip([
    step('Hotel', 'Placed'),
    { ...wait('Ask', 'HotelDone'), when: () => false },
    step('Car', all('HotelDone', 'AskDone')),
    pivot('Pay', 'CarDone'),
  ]);
  provider.refused.add('trip/Car/o1');
  for (const [type, name] of [
    ['Placed', 'Hotel'],
    ['HotelDone', 'Ask'],
    ['HotelDone', 'Car'],
    ['CarFailed', 'Hotel'],
  ] as const) {
    const event = store.published().find((candidate) => candidate.type === type) ?? expect.unreachable(type);
    store.calls.length = 0;
    await handlerOf(asking, name, store, provider)(deliveryOf(event));
  }

  expect(store.calls).toEqual(['read trip.Hotel-o1', 'transact trip.Hotel-o1']);
  expect(ledgerOf('Ask')).toEqual([]);
  expect(ledgerOf('Hotel')).toEqual(['$started', 'HotelDone', 'HotelUndone']);
});

test('one step after another costs no look at others', async () => {
  provider.refused.add('trip/Seat/o1');
  await deliver('Placed', 'Car');
  await deliver('CarDone', 'Seat');
  store.calls.length = 0;

  await deliver('SeatFailed', 'Car');

  expect(store.calls).toEqual(['read trip.Car-o1', 'transact trip.Car-o1']);
});
