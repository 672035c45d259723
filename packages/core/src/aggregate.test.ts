import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineAggregate, fold, reducerOf } from './aggregate.js';
import { defineEvents } from './events.js';

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
const nothingUnknown = (type: string) => expect.unreachable(`${type} was said to be unknown`);

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
    expect(fold(counter, [], nothingUnknown)).toEqual({ total: 0 });
  });

  test('applies the events in order', () => {
    const events = [increased(2), increased(3), { type: 'Reset', data: {} }, increased(5)];

    expect(fold(counter, events, nothingUnknown)).toEqual({ total: 5 });
  });

  test('goes on from a given state, and leaves it as it is', () => {
    const state = Object.freeze({ total: 10 });

    expect(fold(counter, [increased(1)], nothingUnknown, state)).toEqual({ total: 11 });
    expect(state).toEqual({ total: 10 });
  });

  test('tells of the types it does not know, and passes over them', () => {
    const unknown: string[] = [];

    const state = fold(counter, [increased(1), { type: 'Halved', data: {} }, increased(1)], (type) =>
      unknown.push(type),
    );

    expect(unknown).toEqual(['Halved']);
    expect(state).toEqual({ total: 2 });
  });
});
