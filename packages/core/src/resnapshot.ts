import { isTombstone } from './commit.js';
import { InvalidArgumentError } from './errors.js';
import type { EventStore } from './event-store.js';
import { type RetryOptions, retryOf } from './retry.js';
import { encodeSnapshot, type SnapshotPolicy } from './snapshot-policy.js';
import { streamName } from './stream.js';
import { foldOn, type Stateful, snapshotsOf, unread } from './stream-state.js';

/** What came of giving aggregates fresh snapshots: how many of each kind, and which ones are worth a look. */
export interface Resnapshotted {
  /** Got a snapshot. */
  readonly saved: number;
  /** Had one of this schema on their last commit. */
  readonly upToDate: number;
  /** Their streams were deleted. */
  readonly deleted: number;
  /** The ids of those that have no events. */
  readonly empty: readonly string[];
  /** The ids of those whose state is too large for the store, or nothing that JSON carries. */
  readonly skipped: readonly string[];
}

/** The part of a store that giving snapshots needs. */
type SnapshotStore = Pick<EventStore, 'load' | 'saveSnapshot'>;

/**
 * Gives aggregates a fresh snapshot on their last commit, folded from their events alone: after the schema changed, or
 * to be rid of snapshots that a faulty reducer made. One at a time; tried anew when somebody appended in between.
 *
 * Costs, for each id, a load where the snapshot is fresh; else a read of the whole stream, after a load where there is
 * an older snapshot, and one UpdateItem: a write unit for each KB of the commit and the state together.
 *
 * @param aggregate - What `defineAggregate` returned.
 * @param ids - Such as those of `store.streams`, with `idOf`; deleted ones are passed over.
 * @param options - How often to try, and how long to wait in between.
 * @throws InvalidArgumentError when the aggregate takes no snapshots, or `attempts` is not a whole number from 1.
 * @throws ConflictError, UnknownEventError, StreamCorruptedError; what was saved by then stays.
 *
 * @example
 * ```ts
 * async function* ids() {
 *   for await (const stream of store.streams('counter')) yield idOf(stream);
 * }
 * const kept = defineAggregate({ ...counter, snapshot: { every: 100, schema: '2' } });
 * const { saved, skipped } = await resnapshot(kept, store, ids());
 * ```
 */
export async function resnapshot<TState>(
  aggregate: Stateful<TState>,
  store: SnapshotStore,
  ids: Iterable<string> | AsyncIterable<string>,
  options: RetryOptions = {},
): Promise<Resnapshotted> {
  const policy = aggregate.snapshot;
  const retry = retryOf(options);
  if (policy === undefined) {
    throw new InvalidArgumentError(
      `Aggregate "${aggregate.category}" takes no snapshots. Define its snapshot: { every, schema }.`,
    );
  }
  const counts = { saved: 0, upToDate: 0, deleted: 0 };
  const lists: Record<'empty' | 'skipped', string[]> = { empty: [], skipped: [] };
  for await (const id of ids) {
    const stream = streamName(aggregate.category, id);
    const outcome = await retry(() => snapshotLast(aggregate, policy, store, stream));
    if (outcome === 'empty' || outcome === 'skipped') lists[outcome].push(id);
    else counts[outcome]++;
  }
  return { ...counts, ...lists };
}

async function snapshotLast<TState>(
  aggregate: Stateful<TState>,
  policy: SnapshotPolicy<TState>,
  store: SnapshotStore,
  stream: string,
): Promise<keyof Resnapshotted> {
  const latest = await store.load(stream, snapshotsOf(aggregate));
  if (latest.snapshot && latest.commits.length === 0) return 'upToDate';
  // Without a snapshot, these are all the events already.
  const all = latest.snapshot ? await store.load(stream) : latest;
  if (all.commits.length === 0) return 'empty';
  if (all.commits.some(isTombstone)) return 'deleted';
  const { state, position } = foldOn(aggregate, unread(aggregate, stream), all);
  return (await store.saveSnapshot(position, encodeSnapshot(policy, state))) ? 'saved' : 'skipped';
}
