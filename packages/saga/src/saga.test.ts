import { describe, expect, test } from 'vitest';
import { fulfilment } from './fulfilment.test.fixture.js';
import type { AnySaga } from './saga.js';
import { type AnyStep, ledgerStream } from './step.js';
import { pivot, retriable, step, trip, wait } from './trip.test.fixture.js';
import { all } from './types.js';

function undoneOn(saga: AnySaga): Record<string, readonly string[]> {
  return Object.fromEntries(saga.steps.map((each) => [each.name, each.undoneOn]));
}

describe('compensation', () => {
  test('goes backwards along a line, and never past the pivot', () => {
    expect(undoneOn(fulfilment)).toEqual({
      reserve: ['PaymentDeclined', 'PaymentRefunded'],
      charge: ['ShippingFailed'],
      ship: [],
    });
    expect(fulfilment.end.cancelled.on).toEqual(['InventoryRejected', 'InventoryReleased']);
  });

  test('reaches the siblings of a step that failed or was undone', () => {
    const saga = trip([step('Hotel', 'Placed'), step('Car', 'Placed'), pivot('Pay', all('HotelDone', 'CarDone'))]);

    expect(undoneOn(saga)).toEqual({
      Hotel: ['PayFailed', 'CarFailed', 'CarUndone'],
      Car: ['PayFailed', 'HotelFailed', 'HotelUndone'],
      Pay: [],
    });
    expect(saga.end.cancelled.on).toEqual(['HotelFailed', 'HotelUndone', 'CarFailed', 'CarUndone']);
  });

  test('reaches what follows on a sibling, however far', () => {
    const saga = trip([
      step('Hotel', 'Placed'),
      step('Car', 'Placed'),
      step('Seat', 'CarDone'),
      step('Toy', 'SeatDone'),
      pivot('Pay', all('HotelDone', 'ToyDone')),
    ]);

    expect(undoneOn(saga)).toMatchObject({
      Hotel: ['PayFailed', 'CarFailed', 'CarUndone'],
      Car: ['SeatFailed', 'SeatUndone', 'HotelFailed', 'HotelUndone'],
      Seat: ['ToyFailed', 'ToyUndone', 'HotelFailed', 'HotelUndone'],
      Toy: ['PayFailed', 'HotelFailed', 'HotelUndone'],
    });
  });

  test('has nothing to do with steps after the pivot', () => {
    const saga = trip(
      [step('Hotel', 'Placed'), pivot('Pay', 'HotelDone'), retriable('Thank', 'PayDone'), retriable('Rate', 'PayDone')],
      { doneOn: all('ThankDone', 'RateDone') },
    );

    expect(undoneOn(saga)).toEqual({ Hotel: ['PayFailed'], Pay: [], Thank: [], Rate: [] });
  });

  test('goes through a step that only waits, and asks it for nothing', () => {
    const saga = trip([step('Hotel', 'Placed'), wait('Ask', 'HotelDone'), pivot('Pay', 'AskDone')]);

    expect(undoneOn(saga)).toEqual({ Hotel: ['AskFailed', 'PayFailed'], Ask: [], Pay: [] });
  });

  test('does not ask a step to look at those that it hangs on, or that hang on it', () => {
    const saga = trip([
      step('Hotel', 'Placed'),
      { ...wait('Ask', 'HotelDone'), when: () => true },
      step('Car', all('HotelDone', 'AskDone')),
      pivot('Pay', 'CarDone'),
    ]);

    expect(undoneOn(saga)).toEqual({
      Hotel: ['AskFailed', 'CarFailed', 'CarUndone'],
      Ask: [],
      Car: ['PayFailed'],
      Pay: [],
    });
  });

  test('is set off by a cancellation from outside, everywhere up to the pivot', () => {
    const saga = trip([step('Hotel', 'Placed'), pivot('Pay', 'HotelDone'), retriable('Thank', 'PayDone')], {
      cancel: 'Stopped',
    });

    expect(undoneOn(saga)).toEqual({ Hotel: ['PayFailed', 'Stopped'], Pay: ['Stopped'], Thank: [] });
    expect(saga.end.cancelled.on).toEqual(['HotelFailed', 'HotelUndone', 'Stopped']);
  });
});

describe('a saga', () => {
  test('keeps a ledger for each step and one for its end, if nothing else is said', () => {
    const saga = trip([step('Hotel', 'Placed'), step('Pay', 'HotelDone', { ledger: 'payments' })]);

    expect(saga.steps.map(({ ledger }) => ledger)).toEqual(['trip.Hotel', 'payments']);
    expect(saga.end.ledger).toBe('trip.end');
    expect(saga.steps.map((each) => ledgerStream(each, 'o-1'))).toEqual(['trip.Hotel-o-1', 'payments-o-1']);
  });

  test.each<[string, { name?: string; version?: number }, string]>([
    [
      'name with a dash',
      { name: 'my-trip' },
      'its name must begin with a letter and have letters, digits, "_" and "." only',
    ],
    ['name that begins with a digit', { name: '3trips' }, 'its name must begin with a letter'],
    ['version 0', { version: 0 }, 'its version is 0; give a whole number from 1'],
    ['version 1.5', { version: 1.5 }, 'its version is 1.5; give a whole number from 1'],
  ])('is refused with a %s', (_what, more, problem) => {
    expect(() => trip([step('Hotel', 'Placed')], more)).toThrow(
      expect.objectContaining({
        code: 'INVALID_SAGA',
        saga: more.name ?? 'trip',
        message: expect.stringContaining(problem),
      }),
    );
  });

  test.each<[string, AnyStep[], string]>([
    ['no steps', [], 'it has no steps'],
    [
      'a step whose name has a dash',
      [step('my-hotel', 'Placed')],
      'step "my-hotel" must have a name of letters, digits and "_"',
    ],
    ['a step whose name has a dot', [step('a.b', 'Placed')], 'step "a.b" must have a name of letters, digits and "_"'],
    [
      'two steps of one name',
      [
        step('Hotel', 'Placed'),
        step('Hotel', 'HotelDone', {
          ok: 'A',
          fails: ['B'],
          undo: { ok: 'C', run: async () => ({ type: 'C', data: {} }) },
          ledger: 'x',
        }),
      ],
      'two steps are named "Hotel"',
    ],
    [
      'two steps on one ledger',
      [step('Hotel', 'Placed'), step('Car', 'HotelDone', { ledger: 'trip.Hotel' })],
      'two steps keep their ledger in category "trip.Hotel"',
    ],
    ['a step on the ledger of the end', [step('end', 'Placed')], 'two steps keep their ledger in category "trip.end"'],
    [
      'a ledger that is no category',
      [step('Hotel', 'Placed', { ledger: 'hotel-bookings' })],
      'step "Hotel" keeps its ledger in "hotel-bookings", which is not a category',
    ],
  ])('is refused with %s', (_what, steps, problem) => {
    expect(() => trip(steps)).toThrow(
      expect.objectContaining({ code: 'INVALID_SAGA', message: expect.stringContaining(problem) }),
    );
  });

  test.each(['on', 'ok', 'fails', 'undo'] as const)(
    'is refused with a step that names an event which is none of its own: %s',
    (field) => {
      const names = { on: 'Placed', ok: 'HotelDone', fails: 'HotelFailed', undo: 'HotelUndone' };
      const types = Object.values({ ...names, [field]: 'Other' });

      expect(() => trip([step('Hotel', 'Placed')], { types })).toThrow(
        `step "Hotel" names an event "${names[field]}" that is not among its events`,
      );
    },
  );

  test('is refused with an event of a name that only Everfold uses', () => {
    expect(() => trip([step('Hotel', 'Placed', { ok: '$started' })])).toThrow('event type "$started" is reserved');
  });

  test('is refused with a timeout that is no duration', () => {
    const timeout = { after: 'soon' as '1s', fail: async () => ({ type: 'HotelFailed', data: {} }) };

    expect(() => trip([step('Hotel', 'Placed', { timeout })])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
