import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { NewEvent } from '../events.js';
import { type Evolution, evolving } from './evolving.js';
import { readEvents } from './read-events.js';
import { severalEvents } from './several-events.js';

/** Steps of which no two commute, so that their order shows. */
const upcaster = fc.oneof(
  fc.jsonValue().map((value) => (data: unknown) => [data, value]),
  fc.string().map((key) => (data: unknown) => ({ [key]: data })),
  fc.constant((data: unknown) => JSON.stringify(data)),
);

function definitionOf(upcasters: readonly ((data: unknown) => unknown)[]) {
  const upcast = Object.fromEntries(upcasters.map((each, index) => [index + 1, each])) as Evolution['upcast'];
  return evolving(z.unknown(), { revision: upcasters.length + 1, upcast });
}

describe('a chain of upcasters', () => {
  test('does what its upcasters do one after the other, from whatever revision', () => {
    fc.assert(
      fc.property(fc.array(upcaster, { maxLength: 8 }), fc.nat(), fc.jsonValue(), (upcasters, start, data) => {
        const current = upcasters.length + 1;
        const revision = (start % current) + 1;
        const composed = upcasters.slice(revision - 1).reduce<unknown>((each, upcast) => upcast(each), data);

        const [read] = readEvents({ Made: definitionOf(upcasters) }, [{ type: 'Made', revision, data }], 's-1');

        expect(read).toStrictEqual({ type: 'Made', revision: current, data: composed });
      }),
    );
  });

  test('may be cut anywhere: into several events, each of which goes on from its own revision', () => {
    fc.assert(
      fc.property(
        fc.array(upcaster, { minLength: 1, maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(), fc.jsonValue()), { maxLength: 5 }),
        (upcasters, drawn) => {
          const Made = definitionOf(upcasters);
          const parts = drawn.map(
            ([start, data]): NewEvent => ({
              type: 'Made',
              revision: (start % (upcasters.length + 1)) + 1,
              data,
            }),
          );
          const Split = evolving(z.never(), { revision: 2, upcast: { 1: (_: object) => severalEvents(parts) } });

          const read = readEvents({ Made, Split }, [{ type: 'Split', data: {} }], 's-1');

          expect(read.map(({ data }) => data)).toStrictEqual(
            readEvents({ Made }, parts, 's-1').map(({ data }) => data),
          );
        },
      ),
    );
  });
});
