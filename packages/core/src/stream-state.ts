import { type Aggregate, type Foldable, fold } from './aggregate.js';
import { checkFollows, endOf, type Position, startOf } from './commit.js';
import { StreamCorruptedError, StreamDeletedError } from './errors.js';
import type { Latest, LoadQuery, StreamStore } from './event-store.js';
import type { EventSchemas } from './events.js';

/** An aggregate, as far as folding a stream of it goes. */
export type Stateful<TState> = Foldable<TState> & Pick<Aggregate<TState, EventSchemas, never>, 'category' | 'snapshot'>;

/** What is known of a stream: the state of its aggregate, as of a position. */
export interface StreamState<TState> {
  readonly state: TState;
  readonly position: Position;
  /** Version of the newest snapshot of the aggregate's schema that was seen; 0 when none was. */
  readonly snapshotAt: number;
}

/** What is known of a stream of which nothing was read. */
export function unread<TState>(aggregate: Stateful<TState>, stream: string): StreamState<TState> {
  return { state: aggregate.initial(), position: startOf(stream), snapshotAt: 0 };
}

/** The part of a query that lets a store begin with a snapshot of the aggregate. */
export function snapshotsOf<TState>({ snapshot }: Stateful<TState>): Pick<LoadQuery, 'snapshots'> {
  return snapshot ? { snapshots: { schema: snapshot.schema, every: snapshot.every } } : {};
}

/**
 * Reads what came after that which is known, and folds it on. Costs one `load`.
 *
 * @throws StreamDeletedError, StreamCorruptedError, UnknownEventError.
 */
export async function readOn<TState>(
  aggregate: Stateful<TState>,
  store: Pick<StreamStore, 'load'>,
  known: StreamState<TState>,
): Promise<StreamState<TState>> {
  const { position } = known;
  const after = position.version > 0 && { after: position };
  const latest = await store.load(position.stream, { ...after, ...snapshotsOf(aggregate) });
  return foldOn(aggregate, known, latest);
}

/** Folds what was read onto what is known. */
export function foldOn<TState>(
  aggregate: Stateful<TState>,
  known: StreamState<TState>,
  { snapshot, commits }: Latest,
): StreamState<TState> {
  const base = snapshot === undefined ? known : fromSnapshot(aggregate, snapshot);
  const last = commits.at(-1);
  const position = last === undefined ? base.position : endOf(last);
  if (position.deleted) throw new StreamDeletedError(position.stream, position.version);

  let { state, position: reached } = base;
  for (const commit of commits) {
    checkFollows(commit, reached.version);
    state = fold(aggregate, commit.events, commit.stream, state);
    reached = endOf(commit);
  }
  return { state, position, snapshotAt: base.snapshotAt };
}

function fromSnapshot<TState>(
  { snapshot: policy }: Stateful<TState>,
  { state, position }: NonNullable<Latest['snapshot']>,
): StreamState<TState> {
  const snapshotAt = position.version;
  // Of the schema that was asked for, and so what was encoded under it.
  if (policy?.codec === undefined) return { state: state as TState, position, snapshotAt };
  try {
    return { state: policy.codec.decode(state), position, snapshotAt };
  } catch (cause) {
    const reason = `its snapshot of schema "${policy.schema}" cannot be decoded; mend the codec, or change the schema so that it is passed over`;
    throw new StreamCorruptedError(position.stream, snapshotAt, reason, { cause });
  }
}
