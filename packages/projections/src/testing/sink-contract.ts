import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { type EventSchemas, type RecordedEventOf, systemIds } from '@everfold/core';
import type { TestRunner } from '@everfold/core/testing';
import type { Sink, SinkEntry } from '../sinks/sink.js';

/** A sink, and what the suite needs to look into it. */
export interface SinkBench<TSchemas extends EventSchemas> {
  readonly sink: Sink<TSchemas>;
  /** Makes an event that has an effect, as if it were recorded at this place. */
  readonly eventOf: (stream: string, version: number) => RecordedEventOf<TSchemas>;
  /** The versions of a stream whose effects are there, in ascending order; a version that took effect twice, twice. */
  readonly seen: (stream: string) => Promise<readonly number[]>;
}

/** The sink under test. */
export interface SinkSubject<TSchemas extends EventSchemas> {
  /** What the suite calls it. */
  readonly name: string;
  /** Makes the sink for one test, or hands out the same one again: every test writes streams of its own. */
  readonly create: () => Promise<SinkBench<TSchemas>>;
}

/**
 * Describes, as tests, the contract that every {@link Sink} keeps. The checks are made with `node:assert`, so any test
 * runner will do.
 *
 * @example
 * ```ts
 * import { describe, it } from 'vitest';
 *
 * describeSink({ describe, it }, { name: 'warehouse', create: async () => ({ sink, eventOf, seen }) });
 * ```
 */
export function describeSink<TSchemas extends EventSchemas>(
  { describe, it }: TestRunner,
  { name, create }: SinkSubject<TSchemas>,
): void {
  describe(`${name} keeps the contract of a sink`, () => {
    for (const [promise, check] of Object.entries(promises)) {
      it(promise, async () => {
        const { sink, eventOf, seen } = await create();
        const [one, other] = [`order-${systemIds()}`, `order-${systemIds()}`];
        const entry = (stream: string, after: number, versions: readonly number[]): SinkEntry<TSchemas> => ({
          stream,
          after,
          upTo: versions.at(-1) ?? after,
          events: versions.map((version) => eventOf(stream, version)),
        });
        const write = (
          ...entries: readonly (readonly [stream: string, after: number, versions: readonly number[]])[]
        ) => sink.write(entries.map((each) => entry(...each)));
        const positionOf = async (stream: string) => (await sink.positions([stream])).get(stream) ?? 0;
        await check({ write, positionOf, seen, one, other });
      });
    }
  });
}

interface Bench {
  readonly write: (
    ...entries: readonly (readonly [stream: string, after: number, versions: readonly number[]])[]
  ) => ReturnType<Sink['write']>;
  readonly positionOf: (stream: string) => Promise<number>;
  readonly seen: (stream: string) => Promise<readonly number[]>;
  readonly one: string;
  readonly other: string;
}

const promises: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  'has no position of a stream that it was never given': async ({ positionOf, one }) => {
    strictEqual(await positionOf(one), 0);
  },

  'moves positions together with the effects': async ({ write, positionOf, seen, one, other }) => {
    deepStrictEqual(await write([one, 0, [1, 2]], [other, 0, [1]]), { written: true });

    deepStrictEqual([await positionOf(one), await positionOf(other)], [2, 1]);
    deepStrictEqual([await seen(one), await seen(other)], [[1, 2], [1]]);
  },

  'goes on from a position at or before the one that is given': async ({ write, positionOf, seen, one }) => {
    await write([one, 0, [1]]);

    deepStrictEqual(await write([one, 1, [2]]), { written: true });
    // Versions 3 and 4 were nothing to this sink.
    deepStrictEqual(await write([one, 4, [5]]), { written: true });

    strictEqual(await positionOf(one), 5);
    deepStrictEqual(await seen(one), [1, 2, 5]);
  },

  'refuses what is in already, and tells where it stands': async ({ write, positionOf, seen, one }) => {
    await write([one, 0, [1, 2]]);

    deepStrictEqual(await write([one, 0, [1, 2]]), { written: false, positions: new Map([[one, 2]]) });
    deepStrictEqual(await write([one, 1, [2, 3]]), { written: false, positions: new Map([[one, 2]]) });

    strictEqual(await positionOf(one), 2);
    deepStrictEqual(await seen(one), [1, 2]);
  },

  'writes nothing when one entry of several is refused': async ({ write, positionOf, seen, one, other }) => {
    await write([other, 0, [1]]);

    const outcome = await write([one, 0, [1]], [other, 0, [1, 2]]);

    deepStrictEqual(outcome, { written: false, positions: new Map([[other, 1]]) });
    deepStrictEqual([await positionOf(one), await positionOf(other)], [0, 1]);
    deepStrictEqual([await seen(one), await seen(other)], [[], [1]]);
  },

  'takes the same entry once, however many write it at the same time': async ({
    write,
    positionOf,
    seen,
    one,
    other,
  }) => {
    const writers = Array.from({ length: 10 }, () =>
      write([one, 0, [1]], [other, 0, [1]]).then(
        ({ written }) => written,
        () => false,
      ),
    );

    const outcomes = await Promise.all(writers);

    strictEqual(outcomes.filter((written) => written).length, 1);
    deepStrictEqual([await positionOf(one), await positionOf(other)], [1, 1]);
    deepStrictEqual([await seen(one), await seen(other)], [[1], [1]]);
  },
};
