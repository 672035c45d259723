import {
  describeProblem,
  InvalidArgumentError,
  InvalidEventError,
  StreamCorruptedError,
  StreamDeletedError,
} from './errors.js';
import type { NewEvent, RecordedEvent } from './events.js';
import { isRevision } from './evolution/evolving.js';
import { findJsonFlaw } from './json.js';
import type { Metadata } from './metadata.js';
import type { Clock, IdGenerator } from './ports.js';
import { checkStreamName } from './stream.js';

/** All events of one command, recorded together: the unit of the store. */
export interface Commit {
  readonly stream: string;
  /** Version of the first event. Versions start at 1. */
  readonly version: number;
  /** Version of the last event. */
  readonly last: number;
  /** A ULID, chosen by the writer. */
  readonly id: string;
  /** When it was recorded, ISO 8601. */
  readonly at: string;
  readonly events: readonly NewEvent[];
  readonly metadata: Metadata;
  /**
   * How many events of the commit come before these: more than 0 where this is the rest of a commit only. A commit that
   * is too large for one item is written as several, all or none, and a consumer of the changes gets them one by one.
   */
  readonly offset?: number;
}

/** What folding takes of a commit, and no more: a store need not read the rest. */
export type CommitEvents = Pick<Commit, 'stream' | 'version' | 'last' | 'events' | 'offset'>;

/** The type of the event that ends a stream for ever. */
const DELETED = '$deleted';

declare const loaded: unique symbol;

/**
 * Where a stream stood when it was read. Only reading and appending make one: a bare number could point into the middle
 * of a commit, and an append after it would corrupt the stream.
 */
export interface Position {
  readonly stream: string;
  /** Version of the last event; 0 for a stream without events. */
  readonly version: number;
  /** Whether the stream was deleted: nothing can be appended. */
  readonly deleted?: true;
  readonly [loaded]: true;
}

/** The state of an aggregate after a commit, kept with it so that loading need not begin with the first event. */
export interface Snapshot {
  /** Names the state's form and the way it was folded: a snapshot of another schema is as good as none. */
  readonly schema: string;
  /** A value that JSON carries unchanged. */
  readonly state: unknown;
}

/** Events to be appended after a position. */
export interface Decision {
  readonly after: Position;
  readonly events: readonly NewEvent[];
}

/** A decision with the metadata it is recorded under. */
export interface Append extends Decision {
  readonly metadata: Metadata;
  /** The state after these events. One that the store cannot carry is left out; the events are recorded all the same. */
  readonly snapshot?: Snapshot;
}

/**
 * The position before the first event: appending there creates the stream, or conflicts.
 *
 * @param stream - A name that `streamName` made.
 *
 * @example
 * ```ts
 * await store.append({ after: startOf(streamName('order', id)), events, metadata });
 * ```
 */
export function startOf(stream: string): Position {
  return { stream, version: 0 } as Position;
}

/**
 * The position after a commit that was read or appended.
 *
 * @example
 * ```ts
 * const placed = await store.append({ after: startOf(stream), events, metadata });
 * await store.append({ after: endOf(placed), events: more, metadata });
 * ```
 */
export function endOf(commit: Pick<Commit, 'stream' | 'last' | 'events'>): Position {
  const { stream, last: version } = commit;
  return (isTombstone(commit) ? { stream, version, deleted: true } : { stream, version }) as Position;
}

/** Whether a commit is the one that deleted its stream. */
export function isTombstone({ events }: Pick<Commit, 'events'>): boolean {
  return events.at(-1)?.type === DELETED;
}

/** The append that deletes a stream. */
export function deletionAfter(after: Position, metadata: Metadata): Append {
  return { after, events: [{ type: DELETED, data: {} }], metadata };
}

/**
 * The events of a commit, each with its id, version and metadata.
 *
 * @example
 * ```ts
 * for await (const commit of store.read(stream)) {
 *   for (const { version, type } of recordedEvents(commit)) console.log(version, type);
 * }
 * ```
 */
export function recordedEvents(commit: Commit): RecordedEvent[] {
  return commit.events.map((event, index) => recordedEvent(commit, event, index));
}

/** Field by field: copied by a spread, an event takes longer than its JSON takes to be parsed. */
function recordedEvent(commit: Commit, { type, revision, data }: NewEvent, index: number): RecordedEvent {
  const { stream, at, metadata, offset = 0 } = commit;
  const id = `${commit.id}.${offset + index}`;
  const version = commit.version + index;
  return revision === undefined
    ? { type, data, id, stream, version, at, metadata }
    : { type, revision, data, id, stream, version, at, metadata };
}

/** What of a commit comes after a version: all of it, or the rest of it. */
export function restOf<TCommit extends CommitEvents>(commit: TCommit, after: number): TCommit {
  const known = after - commit.version + 1;
  if (known <= 0) return commit;
  const { version, events, offset = 0 } = commit;
  return { ...commit, version: version + known, events: events.slice(known), offset: offset + known };
}

/** A snapshot that is not kept. The commit is recorded all the same; loading reads more than it would have to. */
export interface SnapshotSkipped {
  readonly stream: string;
  /** Version of the last event that the state holds. */
  readonly version: number;
  readonly schema: string;
  /** Why, and what to do. */
  readonly reason: string;
}

/** Hears of a snapshot that is not kept. */
export type SnapshotSkippedListener = (skipped: SnapshotSkipped) => void;

/** The state of a snapshot as JSON carries it; without a state, the reason why JSON cannot. */
export function carriedState({ state }: Snapshot): { readonly state: string } | { readonly reason: string } {
  const flaw = findJsonFlaw(state);
  if (flaw === undefined) return { state: JSON.stringify(state) };
  return { reason: `${describeProblem(flaw)}; give the snapshot a codec, or keep to what JSON carries` };
}

/**
 * The events as JSON carries them: copies, without anything beside `type` and `data`, and without keys that hold
 * `undefined`. So what is recorded, what the writer gets back and what a reader gets are the same.
 *
 * @throws InvalidEventError when JSON would change an event's data, or its revision is not a whole number from 1.
 */
export function carriedByJson(events: readonly NewEvent[]): NewEvent[] {
  for (const { type, revision = 1, data } of events) {
    const flaw = findJsonFlaw(data);
    if (flaw) throw new InvalidEventError(type, [flaw]);
    if (isRevision(revision)) continue;
    throw new InvalidEventError(type, [{ path: 'revision', reason: `${revision} is not a whole number from 1` }]);
  }
  return JSON.parse(JSON.stringify(events.map(recordedForm)));
}

/** Nothing beside what is recorded of an event; a revision only where there was an earlier one. */
function recordedForm({ type, revision = 1, data }: NewEvent): NewEvent {
  return revision === 1 ? { type, data } : { type, revision, data };
}

/**
 * Makes the commit of an append. Every store begins with this, so all of them refuse the same things.
 *
 * @param ports - Give the commit its time and its id.
 * @throws InvalidArgumentError when there are no events, the stream has no proper name, or JSON would change the metadata.
 * @throws InvalidEventError when JSON would change an event's data.
 * @throws StreamDeletedError when the stream was deleted.
 *
 * @example
 * ```ts
 * const commit = toCommit({ after: startOf('order-1'), events, metadata }, { clock: systemClock, ids: systemIds });
 * ```
 */
export function toCommit({ after, events, metadata }: Append, ports: { clock: Clock; ids: IdGenerator }): Commit {
  checkStreamName(after.stream);
  if (after.deleted) throw new StreamDeletedError(after.stream, after.version);
  if (events.length === 0) {
    throw new InvalidArgumentError(
      `A commit to stream "${after.stream}" has no events. Append only when something happened.`,
    );
  }
  const carried = carriedByJson(events);
  const flaw = findJsonFlaw(metadata);
  if (flaw) {
    throw new InvalidArgumentError(`Metadata cannot be recorded: ${describeProblem(flaw)}. Nothing was written.`);
  }
  return {
    stream: after.stream,
    version: after.version + 1,
    last: after.version + events.length,
    id: ports.ids(),
    at: new Date(ports.clock.now()).toISOString(),
    events: carried,
    metadata: JSON.parse(JSON.stringify(metadata)),
  };
}

/**
 * Checks that a commit follows directly on what was read of its stream.
 *
 * @param version - The last version read so far; 0 before the first.
 * @throws StreamCorruptedError when a version is missing or doubled.
 *
 * @example
 * ```ts
 * let version = 0;
 * for (const commit of commits) {
 *   checkFollows(commit, version);
 *   version = commit.last;
 * }
 * ```
 */
export function checkFollows(commit: Pick<Commit, 'stream' | 'version' | 'last' | 'events'>, version: number): void {
  if (commit.version !== version + 1) {
    throw new StreamCorruptedError(commit.stream, version + 1, `the next commit begins with version ${commit.version}`);
  }
  if (commit.last !== commit.version + commit.events.length - 1) {
    throw new StreamCorruptedError(
      commit.stream,
      commit.version,
      `its ${commit.events.length} events do not end at version ${commit.last}`,
    );
  }
}
