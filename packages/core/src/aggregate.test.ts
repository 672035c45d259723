import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineAggregate, fold, reducerOf } from './aggregate.js';
import { defineEvents } from './events.js';
import { validateReads } from './evolution/validate-reads.js';

const counter = defineAggregate({
  category: 'counter',
  events: defineEvents({ Increased: z.object({ by: z.number() }), Reset: z.object({}) }),
  initial: () => ({ total: 0 }),
  evolve: {
    Increased: (state, { by }) => ({ total: state.total + by }),
    Reset: () => ({ total: 0 }),
  },
  commands: { increase: (_state, by: number) => [{ type: 'Increased', data: { by } }] },
});

const increased = (by: number) => ({ type: 'Increased', data: { by } });

describe('defineAggregate', () => {
  test('refuses a category that is not a name', () => {
    expect(() => defineAggregate({ ...counter, category: 'my-counter' })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('"my-counter"') }),
    );
  });
});

describe('reducerOf', () => {
  test.each(['Decreased', 'toString', '__proto__', 'constructor'])('finds none for "%s"', (type) => {
    expect(reducerOf(counter, type)).toBeUndefined();
  });
});

describe('fold', () => {
  test('begins with the initial state', () => {
    expect(fold(counter, [], 'counter-1')).toEqual({ total: 0 });
  });

  test('applies the events in order', () => {
    const events = [increased(2), increased(3), { type: 'Reset', data: {} }, increased(5)];

    expect(fold(counter, events, 'counter-1')).toEqual({ total: 5 });
  });

  test('goes on from a given state, and leaves it as it is', () => {
    const state = Object.freeze({ total: 10 });

    expect(fold(counter, [increased(1)], 'counter-1', state)).toEqual({ total: 11 });
    expect(state).toEqual({ total: 10 });
  });

  test('refuses an event of a type that is not defined', () => {
    expect(() => fold(counter, [increased(1), { type: 'Halved', data: {} }], 'counter-1')).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_EVENT', stream: 'counter-1', type: 'Halved' }),
    );
  });

  test('refuses an event that is defined and has no reducer', () => {
    const { Increased } = counter.evolve;

    expect(() => fold({ ...counter, evolve: { Increased } }, [{ type: 'Reset', data: {} }], 'counter-1')).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_EVENT', type: 'Reset' }),
    );
  });

  test('passes over an event of a type that is not defined, when told to', () => {
    const events = [increased(1), { type: 'Halved', data: {} }, increased(1)];

    expect(fold({ ...counter, unknownEvents: 'skip' }, events, 'counter-1')).toEqual({ total: 2 });
  });

  test('checks the data of events against their schemas, when told to', () => {
    const events = [increased(1), { type: 'Increased', data: { by: '1' } }];

    expect(fold(counter, events, 'counter-1')).toEqual({ total: '11' });
    expect(() => fold({ ...counter, events: validateReads(counter.events) }, events, 'counter-1')).toThrow(
      expect.objectContaining({
        code: 'UNREADABLE_EVENT',
        type: 'Increased',
        problems: [expect.objectContaining({ path: 'by' })],
      }),
    );
  });
});
