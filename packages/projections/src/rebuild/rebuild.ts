import {
  type Clock,
  checkWholeNumber,
  type EventStore,
  type IdGenerator,
  systemClock,
  systemIds,
  systemRandom,
} from '@everfold/core';
import { createProjector, type ProjectorOptions } from '../apply/projector.js';
import type { RebuildProgress } from './progress.js';
import { RebuildNotes, type RebuildRecord } from './rebuild-record.js';
import { RebuildRun } from './rebuild-run.js';
import { unitsOf } from './units.js';

/** What every rebuild takes, whatever it reads from. */
export interface RebuildFromOptions<TRow extends object>
  extends Omit<ProjectorOptions<TRow>, 'eventStore' | 'rowsLikely'> {
  /** Begins anew, whatever an earlier run has left. Default: goes on where it stopped. */
  readonly restart?: boolean;
  /** About how many commits there are, for the progress: see `countItems`. Default: not known. */
  readonly expectedCommits?: number | undefined;
  /** Events that are applied together, at least. More take fewer writes and more memory. Default 10,000. */
  readonly unitEvents?: number;
  /** Hears of every unit that was applied. */
  readonly onProgress?: (progress: RebuildProgress) => void;
  /** Stops between two units: the next run goes on from there. */
  readonly signal?: AbortSignal;
  readonly ids?: IdGenerator;
}

/** What `rebuild` works with. All but the projection and the stores have defaults. */
export interface RebuildOptions<TRow extends object> extends RebuildFromOptions<TRow> {
  readonly eventStore: Pick<EventStore, 'read' | 'scan'>;
  /** How many parts of the table are read side by side. A run that goes on keeps the number it began with. Default 4. */
  readonly segments?: number;
  /** Read units of the event table a second, at most. Default: as fast as it goes. */
  readonly unitsPerSecond?: number;
}

/** What a rebuild has done, over all of its runs. */
export interface Rebuilt {
  readonly streams: number;
  readonly commits: number;
  readonly events: number;
  /** How long this run took. */
  readonly durationMs: number;
}

const DEFAULT_SEGMENTS = 4;
const DEFAULT_UNIT_EVENTS = 10_000;

/**
 * Applies everything that the event store holds to the rows of a projection, by the projector that the live handler has:
 * each event exactly once, while the handler goes on applying new ones. It writes the projection's own rows and nothing
 * else: handlers of a projection are pure, so nothing is sent, published or appended.
 *
 * A run that ends early, by a crash or the signal, is gone on with by the next one. A stream that cannot be applied is left
 * where it stands, and the others go on.
 *
 * Costs one Scan for each megabyte of the event table, half a read unit for each 4 KB, and the writes of the rows: as the
 * live handler's, but a row is written once for all of its events in a unit, and mostly without being read. How far it is
 * costs a write unit for each KB of it, at most once a second.
 *
 * @returns What was done, when everything is applied.
 * @throws RebuildIncompleteError when streams could not be applied: it names them.
 * @throws RebuildTakenOverError when another run rebuilds the same version.
 * @throws InvalidArgumentError when a number is out of range; what the stores throw when they cannot go on.
 *
 * @example
 * ```ts
 * await rebuild({ projection: orders, eventStore, readModels, segments: 8, unitsPerSecond: 500 });
 * ```
 */
export async function rebuild<TRow extends object>(options: RebuildOptions<TRow>): Promise<Rebuilt> {
  const { eventStore, segments = DEFAULT_SEGMENTS, unitsPerSecond, unitEvents = DEFAULT_UNIT_EVENTS } = options;
  return runRebuild({ ...options, source: 'scan', segments, retryFrom: eventStore }, (record) => {
    const pace = unitsPerSecond === undefined ? {} : { unitsPerSecond };
    const place = record.cursor === undefined ? {} : { cursor: record.cursor };
    return unitsOf(eventStore.scan({ segments: record.segments, ...pace, ...place }), unitEvents);
  });
}

/** A rebuild from a source. */
interface Source<TRow extends object> extends RebuildFromOptions<TRow> {
  readonly source: string;
  readonly segments: number;
  /** ISO 8601: as of when the source is, where that is before now. */
  readonly asOf?: string;
  readonly eventStore: ProjectorOptions<TRow>['eventStore'];
  /** Where the streams that failed are read again; without it, everything is. */
  readonly retryFrom: ProjectorOptions<TRow>['eventStore'] | undefined;
}

/** Runs a rebuild, or goes on with it, from units that are read as of a record. */
export async function runRebuild<TRow extends object>(
  options: Source<TRow>,
  open: (record: RebuildRecord) => ReturnType<typeof unitsOf>,
): Promise<Rebuilt> {
  const { projection, readModels, clock = systemClock, random = systemRandom, ids = systemIds } = options;
  const { unitEvents = DEFAULT_UNIT_EVENTS, retryFrom, expectedCommits, signal } = options;
  const { onProgress = () => undefined } = options;
  checkWholeNumber(`unitEvents is ${unitEvents}`, unitEvents, 1);
  const apply = createProjector({ ...options, rowsLikely: 'new' });
  const began = clock.now();
  const { notes, record } = await RebuildNotes.open(projection.rows, readModels);
  const begun = { ...begin(options, clock, record), run: ids() };
  await notes.save(begun);

  const run = new RebuildRun(begun, {
    ...{ rows: projection.rows, apply, notes, clock, random },
    ...{ expectedCommits, onProgress, signal },
  });
  if (!begun.read) await run.applyAll(open(begun));
  if (retryFrom !== undefined) await run.retryFailed(retryFrom, unitEvents);
  await run.finish();
  const { streams, commits, events } = run.record;
  return { streams, commits, events, durationMs: clock.now() - began };
}

/** The record that a run goes on from: what the last one has left, or a new one. */
function begin<TRow extends object>(
  { source, segments, restart = false, asOf, retryFrom }: Source<TRow>,
  clock: Clock,
  last: RebuildRecord | undefined,
): Omit<RebuildRecord, 'run'> {
  const isOpen = last !== undefined && last.finished === undefined && last.source === source && !restart;
  if (isOpen && (retryFrom !== undefined || last.failures.length === 0)) return last;
  const since = asOf ?? new Date(clock.now()).toISOString();
  return { source, segments, since, read: false, streams: 0, commits: 0, events: 0, failures: [] };
}
