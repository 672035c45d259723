import { AssertionError } from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../aggregate.js';
import { RejectedError } from '../errors.js';
import { defineEvents } from '../events.js';
import { scenario } from './scenario.js';

const cart = defineAggregate({
  category: 'cart',
  events: defineEvents({
    Added: z.object({ sku: z.string().min(1), note: z.string().optional(), units: z.number().default(1) }),
    CheckedOut: z.object({ at: z.unknown() }),
  }),
  initial: () => ({ skus: new Set<string>(), open: true }),
  evolve: {
    Added: (state, { sku }) => ({ ...state, skus: new Set([...state.skus, sku]) }),
    CheckedOut: (state) => ({ ...state, open: false }),
  },
  commands: {
    add: (state, sku: string) => {
      if (!state.open) throw new RejectedError('CHECKED_OUT', 'The cart was checked out.');
      return state.skus.has(sku) ? [] : [{ type: 'Added', data: { sku, note: undefined, units: 1 } }];
    },
    checkOut: (_state, at: unknown) => [{ type: 'CheckedOut', data: { at } }],
    fail: () => {
      throw new Error('a fault of the command');
    },
  },
});

const added = (sku: string) => ({ type: 'Added', data: { sku, units: 1 } }) as const;
const checkedOut = { type: 'CheckedOut', data: { at: 'noon' } } as const;

const adding = scenario(cart)
  .given([added('a')])
  .when('add', 'b');
const addingAgain = scenario(cart)
  .given([added('a')])
  .when('add', 'a');
const addingTooLate = scenario(cart)
  .given([added('a'), checkedOut])
  .when('add', 'b');

/** What a check throws; fails when it throws nothing. */
async function thrownBy(check: Promise<void>): Promise<unknown> {
  return check.then(
    () => expect.unreachable('the check passed'),
    (error: unknown) => error,
  );
}

async function assertionOf(check: Promise<void>): Promise<AssertionError> {
  const error = await thrownBy(check);
  expect(error).toBeInstanceOf(AssertionError);
  return error as AssertionError;
}

describe('thenEvents', () => {
  test('passes when the command decides these events', async () => {
    await adding.thenEvents([added('b')]);
    await scenario(cart)
      .when('add', 'a')
      .thenEvents([added('a')]);
  });

  test('takes an absent key and one that holds undefined for the same', async () => {
    await adding.thenEvents([{ type: 'Added', data: { sku: 'b', note: undefined, units: 1 } }]);
  });

  test('fails with a diff when it decides others', async () => {
    const error = await assertionOf(adding.thenEvents([added('c')]));

    expect([error.actual, error.expected]).toEqual([{ events: [added('b')] }, { events: [added('c')] }]);
    expect(error.message).toMatch(/\+ +sku: 'b'/);
    expect(error.message).toMatch(/- +sku: 'c'/);
  });

  test.each([
    ['none', addingAgain, { events: [] }],
    [
      'more',
      scenario(cart)
        .given([added('a')])
        .when('checkOut', 'noon'),
      { events: [checkedOut] },
    ],
    ['none but a rejection', addingTooLate, { rejected: 'CHECKED_OUT' }],
  ])('fails when it decides %s', async (_name, outcome, actual) => {
    expect((await assertionOf(outcome.thenEvents([added('b')]))).actual).toEqual(actual);
  });

  test('fails when an expected event could never be recorded', async () => {
    const error = await assertionOf(adding.thenEvents([added('')]));

    expect(error.message).toMatch(/^An expected event cannot be recorded\. Event "Added" is not valid: sku: /);
  });
});

describe('thenNothing', () => {
  test('passes when the command decides nothing', async () => {
    await addingAgain.thenNothing();
  });

  test.each([
    ['decides something', adding, { events: [added('b')] }],
    ['is rejected', addingTooLate, { rejected: 'CHECKED_OUT' }],
  ])('fails when it %s', async (_name, outcome, actual) => {
    const error = await assertionOf(outcome.thenNothing());

    expect([error.actual, error.expected]).toEqual([actual, { events: [] }]);
  });
});

describe('thenRejects', () => {
  test('passes when the command is rejected for that reason', async () => {
    await addingTooLate.thenRejects('CHECKED_OUT');
  });

  test.each([
    ['is rejected for another reason', addingTooLate, { rejected: 'CHECKED_OUT' }],
    ['decides something', adding, { events: [added('b')] }],
    ['decides nothing', addingAgain, { events: [] }],
  ])('fails when it %s', async (_name, outcome, actual) => {
    const error = await assertionOf(outcome.thenRejects('SOLD_OUT'));

    expect([error.actual, error.expected]).toEqual([actual, { rejected: 'SOLD_OUT' }]);
  });
});

describe('thenState', () => {
  test('passes when the events leave this state', async () => {
    await adding.thenState({ skus: new Set(['a', 'b']), open: true });
    await addingAgain.thenState({ skus: new Set(['a']), open: true });
  });

  test('fails with a diff when they leave another', async () => {
    const error = await assertionOf(adding.thenState({ skus: new Set(['a', 'c']), open: true }));

    expect(error.message).toMatch(/\+ +'b'/);
    expect(error.message).toMatch(/- +'c'/);
  });

  test('fails when the command is rejected', async () => {
    const error = await assertionOf(addingTooLate.thenState({ skus: new Set(['a']), open: false }));

    expect(error.actual).toEqual({ rejected: 'CHECKED_OUT' });
  });
});

describe('every then', () => {
  const undecidable = scenario(cart)
    .given([added('a'), added('')])
    .when('add', 'b');
  const unrecordable = scenario(cart).when('checkOut', new Date(0));
  const failing = scenario(cart).when('fail', undefined);
  const thens = [
    ['thenEvents', (outcome: typeof adding) => outcome.thenEvents([])],
    ['thenNothing', (outcome: typeof adding) => outcome.thenNothing()],
    ['thenRejects', (outcome: typeof adding) => outcome.thenRejects('CHECKED_OUT')],
    ['thenState', (outcome: typeof adding) => outcome.thenState({ skus: new Set(), open: true })],
  ] as const;

  test.each(thens)('%s fails when a given event fails its schema', async (_name, check) => {
    const error = await assertionOf(check(undecidable));

    expect(error.message).toMatch(/^A given event cannot be recorded\. Event "Added" is not valid: sku: /);
    expect(error.cause).toMatchObject({ code: 'INVALID_EVENT', problems: [{ path: 'sku' }] });
  });

  test.each(thens)('%s fails when a given event is not JSON', async (_name, check) => {
    const given = scenario(cart).given([{ type: 'CheckedOut', data: { at: new Date(0) } }]);

    const error = await assertionOf(check(given.when('add', 'b')));

    expect(error.message).toMatch(
      /^A given event cannot be recorded\. Event "CheckedOut" is not valid: at: JSON has no Date/,
    );
  });

  test.each(thens)('%s fails when a decided event cannot be recorded', async (_name, check) => {
    const error = await assertionOf(check(unrecordable));

    expect(error.message).toMatch(/^An event that "checkOut" decided cannot be recorded\. .* at: JSON has no Date/);
  });

  test.each(thens)('%s passes on what else the command throws', async (_name, check) => {
    expect(await thrownBy(check(failing))).toEqual(new Error('a fault of the command'));
  });

  test('can be asked of the same outcome', async () => {
    await adding.thenEvents([added('b')]);
    await adding.thenState({ skus: new Set(['a', 'b']), open: true });
  });
});
