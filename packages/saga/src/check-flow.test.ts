import { describe, expect, test } from 'vitest';
import type { AnyStep } from './step.js';
import { contract, pivot, retriable, step, trip, wait } from './trip.test.fixture.js';
import { all } from './types.js';

const refused = (steps: readonly AnyStep[], more: Parameters<typeof trip>[1] = {}) => {
  try {
    trip(steps, more);
  } catch (error) {
    return error;
  }
  return expect.unreachable('It was built.');
};

describe('a saga is refused that', () => {
  test.each<[string, AnyStep[], Parameters<typeof trip>[1], string]>([
    [
      'has a step which waits for what nobody does before it',
      [step('Hotel', 'CarDone'), step('Car', 'Placed')],
      {},
      'step "Hotel" waits for "CarDone", with which neither the start nor a step before it succeeds',
    ],
    [
      'has a step which waits for a failure',
      [step('Hotel', 'Placed'), step('Car', 'HotelFailed')],
      {},
      'step "Car" waits for "HotelFailed", with which neither',
    ],
    [
      'has an event with two producers',
      [step('Hotel', 'Placed'), step('Car', 'HotelDone', { fails: ['HotelFailed'] })],
      {},
      '"HotelFailed" comes from step "Car" and from step "Hotel"; rename one of them',
    ],
    [
      'has a step which waits for one event twice',
      [step('Hotel', 'Placed'), step('Car', all('HotelDone', 'HotelDone'))],
      {},
      'step "Car" waits for "HotelDone" twice',
    ],
    [
      'has a step which waits for an event and for one that comes after it',
      [step('Hotel', 'Placed'), step('Car', 'HotelDone'), step('Seat', all('HotelDone', 'CarDone'))],
      {},
      'step "Seat" waits for "HotelDone", and for "CarDone" which comes after it; name "CarDone" alone',
    ],
    [
      'has a step which waits for the start and for one that comes after it',
      [step('Hotel', 'Placed'), step('Car', all('Placed', 'HotelDone'))],
      {},
      'step "Car" waits for "Placed", and for "HotelDone" which comes after it',
    ],
    [
      'has a step which waits for an optional fact alone',
      [step('Hotel', 'Placed'), { ...wait('Ask', 'HotelDone'), when: () => true }, step('Car', 'AskDone')],
      {},
      'step "Car" waits for "AskDone", which is optional; let it wait for all of "HotelDone" and "AskDone"',
    ],
    [
      'has a step which names an optional fact first',
      [
        step('Hotel', 'Placed'),
        { ...wait('Ask', 'HotelDone'), when: () => true },
        step('Car', all('AskDone', 'HotelDone')),
      ],
      {},
      'step "Car" waits for "AskDone" first, which is optional; name another one first',
    ],
    [
      'has a step which waits for an optional fact beside what it is not decided on',
      [
        step('Hotel', 'Placed'),
        step('Car', 'Placed'),
        { ...wait('Ask', 'HotelDone'), when: () => true },
        step('Seat', all('CarDone', 'AskDone')),
      ],
      {},
      'step "Seat" waits for "AskDone", which is optional; let it wait for all of "HotelDone" and "AskDone"',
    ],
    [
      'has another service wait for several events',
      [step('Hotel', 'Placed'), step('Car', 'Placed'), contract('Seat', all('HotelDone', 'CarDone'))],
      {},
      'step "Seat" is run by another service and waits for several events; give it one',
    ],
    [
      'has another service that nobody asks to take its work back',
      [contract('Hotel', 'Placed', { undo: { ok: 'HotelUndone' } })],
      {},
      'step "Hotel" is run by another service, which nobody asks to take its work back; give its undo an ask',
    ],
    [
      'asks another service by an event that has a producer',
      [
        step('Car', 'Placed'),
        contract('Hotel', 'CarDone', { undo: { ask: 'CarDone', data: () => ({}), ok: 'HotelUndone' } }),
      ],
      {},
      '"CarDone" comes from step "Hotel" and from step "Car"; rename one of them',
    ],
    [
      'asks another service by an event that is none of its own',
      [contract('Hotel', 'Placed')],
      { types: ['Placed', 'HotelDone', 'HotelFailed', 'HotelUndone', 'Completed', 'Cancelled'] },
      'step "Hotel" names an event "HotelUndoAsked" that is not among its events',
    ],
    [
      'has a step which cannot be undone before the pivot',
      [{ ...step('Hotel', 'Placed'), undo: undefined as never }, pivot('Pay', 'HotelDone')],
      {},
      'step "Hotel" comes before the pivot and cannot be undone; give it an undo',
    ],
    [
      'has a failure after what is never undone',
      [pivot('Pay', 'Placed'), { ...step('Car', 'PayDone'), kind: 'compensatable' }],
      {},
      'step "Car" may come to "CarFailed" after step "Pay", which is never undone',
    ],
    [
      'may fail beside the pivot',
      [step('Hotel', 'Placed'), step('Car', 'Placed'), pivot('Pay', 'HotelDone')],
      { doneOn: all('PayDone', 'CarDone') },
      'step "Car" may fail when the pivot "Pay" is past; let the pivot wait for "CarDone" as well',
    ],
    [
      'may be done before all of its work is',
      [step('Hotel', 'Placed'), pivot('Pay', 'HotelDone'), retriable('Thank', 'PayDone')],
      { doneOn: 'PayDone' },
      'it may be done before "ThankDone" of step "Thank": let it be done on all of them',
    ],
    [
      'is done on its start',
      [step('Hotel', 'Placed')],
      { doneOn: 'Placed' },
      'it is done on "Placed", with which no step succeeds',
    ],
    [
      'can be cancelled, and has no pivot',
      [step('Hotel', 'Placed')],
      { cancel: 'Stopped' },
      'it can be cancelled by "Stopped", but has no pivot that says up to where; make a step its pivot',
    ],
    [
      'has two pivots',
      [pivot('Pay', 'Placed'), pivot('Ship', 'PayDone')],
      {},
      'step "Ship" may come to "ShipFailed" after step "Pay", which is never undone',
    ],
  ])('%s', (_what, steps, more, problem) => {
    expect(refused(steps, more)).toMatchObject({ code: 'INVALID_SAGA', message: expect.stringContaining(problem) });
  });
});

describe('the times of a saga', () => {
  test.each<[string, AnyStep[], Parameters<typeof trip>[1], string]>([
    [
      'fit into the time of the whole',
      [step('Hotel', 'Placed'), step('Car', 'HotelDone')],
      { within: '20m' },
      'it should end within 20m, but the deadlines of "Hotel", "Car" add up to 30m',
    ],
    [
      'leave room for the attempts',
      [step('Hotel', 'Placed', { retry: { attempts: 3, first: '10m' } })],
      {},
      'step "Hotel" pauses 25m between its 3 attempts, and its deadline is after 15m',
    ],
    [
      'have a first attempt',
      [step('Hotel', 'Placed', { retry: { attempts: 0 } })],
      {},
      'step "Hotel" is given 0 attempts',
    ],
    [
      'grow',
      [step('Hotel', 'Placed', { retry: { first: '2m', longest: '1m' } })],
      {},
      'step "Hotel" pauses 2m first, and 1m at the longest',
    ],
    [
      'end what is outside',
      [{ ...step('Hotel', 'Placed'), timeout: undefined as never }],
      {},
      'step "Hotel" may never have an answer; give it a deadline',
    ],
    ['let it begin', [step('Hotel', 'Placed')], { maxHops: 0 }, 'its maxHops are 0; give a whole number from 1'],
  ])('%s', (_what, steps, more, problem) => {
    expect(refused(steps, more)).toMatchObject({ code: 'INVALID_SAGA', message: expect.stringContaining(problem) });
  });

  test('make room for as many attempts as fit, where nothing is said', () => {
    const [hotel] = trip([
      step('Hotel', 'Placed', { timeout: { after: '4m', fail: async () => expect.unreachable() } }),
    ]).steps;

    expect(hotel?.retry.attempts).toBe(3);
  });

  test('may be parallel', () => {
    const steps = [step('Hotel', 'Placed'), step('Car', 'Placed'), pivot('Pay', all('HotelDone', 'CarDone'))];

    expect(trip(steps, { within: '15m' }).withinMs).toBe(900_000);
  });
});
