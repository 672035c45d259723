import { categoryOf, type EventSchemas, idOf, type RecordedEvent } from '@everfold/core';
import { type Changes, defineProjection, type Projection, update } from '@everfold/projections';
import { ANY_DATA } from '../any-data.js';
import { keyOf } from '../context.js';
import { ATTEMPTED, FENCED, PARKED, RESOLVED, RESUMED, STARTED, TOMBSTONED } from '../ledger.js';
import type { AnySaga } from '../saga.js';
import { definitionFor, definitionsOf, eventsOf, pinnedVersion } from '../versions.js';
import { definitionOf, type Lesson, learn } from './learn.js';
import { classOf, type RunRow } from './run-row.js';
import { factsOf, rowOf } from './standing.js';
import { graceOf, rowsDefinition, type TrackerOptions } from './tracker-rows.js';

/**
 * Makes the projection that answers where a run of the saga is, why, since when, and by when something must have happened: a
 * row for each run, under its key, for all versions of the saga. Keep it up to date with `projectionHandler`, and read it
 * with `createSagaReader`.
 *
 * Rows come out the same in whatever order the streams of a run are seen. Runs that were begun under a version earlier than
 * any at hand have ended, and are left out; later ones are refused, for the tracker is behind the handlers.
 *
 * Costs, for each batch that changes a run: one read of its row, and one PutItem. A row has some 500 bytes, and 110 for each step that
 * has begun, with keys as long as a ULID. Up to a KB that is 1 read unit, 1 write unit, and for the index 1 more, or 2 where
 * the run's due time moves on, which is kept on the full minute. A listing is one partition of the index, which takes 1,000 write
 * units a second: open runs of some 400 events a second.
 *
 * @param saga - All versions of which runs may be under way: see `withEarlier`.
 * @throws InvalidArgumentError when the version or the grace is not right.
 *
 * @example
 * ```ts
 * const tracker = createTracker(fulfilmentV2);
 * export const handler = projectionHandler({ projection: tracker, eventStore, readModels });
 * ```
 */
export function createTracker(saga: AnySaga, options: TrackerOptions = {}): Projection<RunRow> {
  const grace = { graceMs: graceOf(options) };
  const track = (event: RecordedEvent): Changes<RunRow> => {
    const found = lessonIn(saga, event);
    if (found === undefined) return undefined;
    return update<RunRow>(found.key, (row) => {
      const facts = learn(row === undefined ? undefined : factsOf(row), found.lesson);
      return rowOf(definitionOf(saga, facts), facts, grace);
    });
  };
  const events = { ...eventsOf(saga), ...ENTRIES };
  return defineProjection<RunRow, EventSchemas>({
    ...rowsDefinition(saga, options),
    events,
    on: Object.fromEntries(Object.keys(events).map((type) => [type, track])),
    listed: (row) => ({ group: classOf(row.status), sort: placeIn(row) }),
  });
}

/** The entries that are private to a ledger: this package wrote them, so they are read as they stand. */
const ENTRIES: EventSchemas = Object.fromEntries(
  [STARTED, ATTEMPTED, FENCED, TOMBSTONED, PARKED, RESUMED, RESOLVED].map((type) => [type, ANY_DATA]),
);

/** Open runs are listed by the time at which they are due, parked ones since they wait, ended ones since they ended. */
function placeIn({ due, endedAt, lastAt, steps }: RunRow): string {
  const waiting = Object.values(steps).flatMap(({ parked }) => parked?.since ?? []);
  return due ?? endedAt ?? waiting.sort()[0] ?? lastAt;
}

/** What an event is in a run, and in which. `undefined` when it is in none, or in one of a version that is long over. */
function lessonIn(saga: AnySaga, event: RecordedEvent): { readonly key: string; readonly lesson: Lesson } | undefined {
  if (isOver(saga, event)) return undefined;
  const definitions = definitionsOf(saga);
  const category = categoryOf(event.stream);
  const inLedger = definitions.some(({ end, steps }) => {
    return end.ledger === category || steps.some(({ ledger }) => ledger === category);
  });
  // An event elsewhere only has the name of an outcome.
  const isFromOutside = definitions.some(({ start, cancel }) => event.type === start || event.type === cancel);
  if (!inLedger && !isFromOutside) return undefined;

  const definition = definitionFor(saga, event);
  const about = { saga: definition, event };
  if (category === definition.end.ledger) return { key: idOf(event.stream), lesson: { ...about, kind: 'end' } };
  const step = definition.steps.find(({ ledger }) => ledger === category);
  if (step !== undefined) return { key: idOf(event.stream), lesson: { ...about, kind: 'entry', step } };
  const isStart = event.type === definition.start;
  // A cancellation need not say of which version it is.
  if (!isStart && !definitions.some(({ cancel }) => cancel === event.type)) return undefined;
  return { key: keyOf(definition, event), lesson: { ...about, kind: isStart ? 'start' : 'cancel' } };
}

function isOver(saga: AnySaga, { metadata }: RecordedEvent): boolean {
  const version = pinnedVersion(saga, metadata);
  return version !== undefined && version < Math.min(...definitionsOf(saga).map((each) => each.version));
}
