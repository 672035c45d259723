import type { CommitEvents } from './commit.js';
import { InvalidArgumentError, VersionNotFoundError } from './errors.js';
import type { Latest, StreamStore } from './event-store.js';
import { streamName } from './stream.js';
import { foldOn, type Stateful, snapshotsOf, unread } from './stream-state.js';

/** As of when: after the event of a version, or at a time. */
export type AsOf = { readonly version: number } | { readonly time: Date };

/** An aggregate as it was. Nothing can be appended there. */
export interface PastState<TState> {
  readonly state: TState;
  /** Version of the last event that the state holds; 0 when there was none. */
  readonly version: number;
}

/**
 * Loads an aggregate as it was: for looking, not for deciding, so there is no position. Costs a load, from the newest
 * snapshot that is not too new.
 *
 * @param aggregate - What `defineAggregate` returned.
 * @param asOf - `version`, which may be in the middle of a commit, from 0; or `time`, by the clocks of the writers.
 * @throws VersionNotFoundError when it has not come to the version.
 * @throws StreamDeletedError when it was deleted by then.
 * @throws InvalidArgumentError when the version is not a whole number from 0, or the time is no time.
 * @throws UnknownEventError, StreamCorruptedError.
 *
 * @example
 * ```ts
 * const before = await loadAsOf(order, store, '7', { version: 3 });
 * const lastYear = await loadAsOf(order, store, '7', { time: new Date('2025-12-31T23:59:59Z') });
 * ```
 */
export async function loadAsOf<TState>(
  aggregate: Stateful<TState>,
  store: Pick<StreamStore, 'load'>,
  id: string,
  asOf: AsOf,
): Promise<PastState<TState>> {
  const stream = streamName(aggregate.category, id);
  const query = 'version' in asOf ? { upTo: asOf.version } : { until: timeOf(asOf.time, stream) };
  const latest = await store.load(stream, { ...query, ...snapshotsOf(aggregate) });
  const past = 'version' in asOf ? upTo(latest, asOf.version) : latest;
  const { state, position } = foldOn(aggregate, unread(aggregate, stream), past);
  if ('version' in asOf && position.version !== asOf.version) {
    throw new VersionNotFoundError(stream, asOf.version, position.version);
  }
  return { state, version: position.version };
}

/** Without the events after a version that is in the middle of the last commit. */
function upTo(latest: Latest, version: number): Latest {
  return { ...latest, commits: latest.commits.map((commit) => firstOf(commit, version)) };
}

function firstOf(commit: CommitEvents, version: number): CommitEvents {
  if (commit.last <= version) return commit;
  return { ...commit, last: version, events: commit.events.slice(0, version - commit.version + 1) };
}

function timeOf(time: Date, stream: string): string {
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new InvalidArgumentError(`The time to load "${stream}" as of is an invalid Date. Give one that exists.`);
}
