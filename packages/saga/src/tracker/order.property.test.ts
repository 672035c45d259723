import { groupByStream } from '@everfold/dynamodb-store';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EMPTY, type Ledger, transition } from '../ledger.js';
import { producedBy } from '../step.js';
import { at, attempted, booking, byHand, fenced, parked, started, TrackedRuns } from './booking.test.fixture.js';
import type { SagaRun } from './saga-reader.js';

/* Streams are not ordered among each other: a row has to come out the same in whatever order those of a run are seen. */

/** Which of the entries that can follow does, commit by commit, for each step. */
const walk = fc.oneof(
  fc.constant([]),
  fc.array(fc.nat({ max: 99 }), { maxLength: 2 }),
  fc.array(fc.nat({ max: 99 }), { maxLength: 7 }),
);
const walks = fc.array(walk, { minLength: 6, maxLength: 6 });

const histories = fc.record({
  walks,
  /** How many minutes pass before each commit. */
  pauses: fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 60, maxLength: 60 }),
  /** In which order the streams are recorded, and three orders in which they are seen. */
  orders: fc.array(fc.array(fc.nat({ max: 999 }), { minLength: 60, maxLength: 60 }), { minLength: 4, maxLength: 4 }),
  starts: fc.integer({ min: 0, max: 2 }),
  cancels: fc.integer({ min: 0, max: 2 }),
  end: fc.constantFrom(undefined, undefined, 'TripBooked', 'TripCancelled'),
  batch: fc.integer({ min: 1, max: 5 }),
});

/** Takes from lists, each in its order, one after the other as `picks` say. */
function interleave<T>(lists: readonly (readonly T[])[], picks: readonly number[]): T[] {
  const rest = lists.map((list) => [...list]);
  const taken: T[] = [];
  for (let index = 0; rest.some((list) => list.length > 0); index++) {
    const open = rest.filter((list) => list.length > 0);
    const next = open[(picks[index % picks.length] ?? 0) % open.length]?.shift();
    if (next !== undefined) taken.push(next);
  }
  return taken;
}

/** Types and data of a ledger's entries, as a walk chooses them. */
function ledgerOf(step: (typeof booking.steps)[number], walk: readonly number[]) {
  let ledger: Ledger = EMPTY;
  return walk.flatMap((choice, index) => {
    const outcomes = producedBy(step).map((type) => ({ type, data: { tripId: 't1' } }));
    const entries = [
      started(at(20)),
      attempted('run', at(30 + index)),
      attempted('undo', at(40 + index)),
      fenced('timeout'),
      { type: '$tombstoned', data: { cause: '01JB.0' } },
      parked('run'),
      parked('undo'),
      byHand('$resumed'),
      byHand('$resolved'),
      ...outcomes,
      ...outcomes,
    ];
    const possible = entries.flatMap((entry) => {
      const metadata = { correlationId: 'c', causationId: 'c' };
      const after = transition(step, ledger, { ...entry, id: 'x', stream: 'x-1', version: 1, at: at(0), metadata });
      return after === undefined ? [] : [{ entry, after }];
    });
    const chosen = possible[choice % Math.max(1, possible.length)];
    if (chosen === undefined) return [];
    ledger = chosen.after;
    return [chosen.entry];
  });
}

test('a run comes out the same, in whatever order its streams are seen', async () => {
  const statuses = new Set<string>();
  await fc.assert(
    fc.asyncProperty(histories, async ({ walks: chosen, pauses, orders, starts, cancels, end, batch }) => {
      const [recording = [], ...seen] = orders;
      const streams = [
        ...booking.steps.map((step, index) =>
          ledgerOf(step, chosen[index] ?? []).map((event) => ({ stream: `booking.${step.name}-t1`, event })),
        ),
        ...Array.from({ length: starts }, (_, index) => [
          { stream: `order-${index}`, event: { type: 'TripAsked', data: { tripId: 't1', cents: 5 } } },
        ]),
        ...Array.from({ length: cancels }, (_, index) => [
          { stream: `desk-${index}`, event: { type: 'TripCalledOff', data: { tripId: 't1' } } },
        ]),
        end === undefined ? [] : [{ stream: 'booking.end-t1', event: { type: end, data: { tripId: 't1' } } }],
      ];
      const runs = new TrackedRuns();
      for (const [index, { stream, event }] of interleave(streams, recording).entries()) {
        await runs.later(pauses[index % pauses.length] ?? 0).append(stream, [event], {
          correlationId: `request-${index}`,
          causationId: 'k',
          saga: 'booking',
          sagaVersion: 2,
        });
      }
      const inStreams = [...groupByStream(runs.commits).values()];

      const rows: (SagaRun | undefined)[] = [];
      for (const order of [undefined, ...seen]) {
        const tracked = Object.assign(new TrackedRuns(), { store: runs.store });
        const commits = order === undefined ? runs.commits : interleave(inStreams, order);
        for (let from = 0; from < commits.length; from += batch) await tracked.track(commits.slice(from, from + batch));
        rows.push(await tracked.reader.get('t1'));
        statuses.add((await tracked.reader.get('t1'))?.status ?? 'none');
      }

      for (const row of rows) expect(row).toEqual(rows[0]);
    }),
    { numRuns: 80 },
  );
  expect([...statuses]).toEqual(expect.arrayContaining(['parked', 'compensating', 'completed', 'cancelled']));
});
