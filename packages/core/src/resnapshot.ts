import { isTombstone } from './commit.js';
import { InvalidArgumentError } from './errors.js';
import type { StreamStore } from './event-store.js';
import type { Retry } from './retry.js';
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

/** Gives each aggregate a snapshot on its last commit, where there is none of this schema. */
export async function resnapshot<TState>(
  aggregate: Stateful<TState>,
  store: StreamStore,
  retry: Retry,
  ids: Iterable<string> | AsyncIterable<string>,
): Promise<Resnapshotted> {
  const policy = aggregate.snapshot;
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
  store: StreamStore,
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
