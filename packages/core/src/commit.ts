import {
  CommitTooLargeError,
  describeProblem,
  InvalidArgumentError,
  InvalidEventError,
  StreamCorruptedError,
} from './errors.js';
import type { NewEvent, RecordedEvent } from './events.js';
import { findJsonFlaw } from './json.js';
import type { Metadata } from './metadata.js';
import type { Clock, IdGenerator } from './ports.js';

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
}

declare const loaded: unique symbol;

/**
 * Where a stream stood when it was read. Only reading and appending make one: a bare number could point into the middle
 * of a commit, and an append after it would corrupt the stream.
 */
export interface Position {
  readonly stream: string;
  /** Version of the last event; 0 for a stream without events. */
  readonly version: number;
  readonly [loaded]: true;
}

/** Events to be appended after a position. */
export interface Decision {
  readonly after: Position;
  readonly events: readonly NewEvent[];
}

/** A decision with the metadata it is recorded under. */
export interface Append extends Decision {
  readonly metadata: Metadata;
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
export function endOf(commit: Commit): Position {
  return { stream: commit.stream, version: commit.last } as Position;
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
  return commit.events.map(({ type, data }, index) => ({
    id: `${commit.id}.${index}`,
    type,
    data,
    stream: commit.stream,
    version: commit.version + index,
    at: commit.at,
    metadata: commit.metadata,
  }));
}

/**
 * The events as JSON carries them: copies, without anything beside `type` and `data`, and without keys that hold
 * `undefined`. So what is recorded, what the writer gets back and what a reader gets are the same.
 *
 * @throws InvalidEventError when JSON would change an event's data.
 */
export function carriedByJson(events: readonly NewEvent[]): NewEvent[] {
  for (const { type, data } of events) {
    const flaw = findJsonFlaw(data);
    if (flaw) throw new InvalidEventError(type, [flaw]);
  }
  return JSON.parse(JSON.stringify(events.map(({ type, data }) => ({ type, data }))));
}

/**
 * Makes the commit of an append. Every store begins with this, so all of them refuse the same things.
 *
 * @param ports - Give the commit its time and its id.
 * @throws InvalidArgumentError when there are no events, or JSON would change the metadata.
 * @throws InvalidEventError when JSON would change an event's data.
 *
 * @example
 * ```ts
 * const commit = toCommit({ after: startOf('order-1'), events, metadata }, { clock: systemClock, ids: systemIds });
 * ```
 */
export function toCommit({ after, events, metadata }: Append, ports: { clock: Clock; ids: IdGenerator }): Commit {
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

/** DynamoDB writes at most 100 items in a transaction. Source: Developer Guide, "TransactWriteItems". */
const LARGEST_TRANSACTION = 100;

/**
 * Makes the commits of a transaction.
 *
 * @param appends - 1 to 100, each to a stream of its own.
 * @param ports - Give the commits their time and their ids.
 * @throws InvalidArgumentError when a stream is named twice or nothing is to be appended; what `toCommit` throws as well.
 * @throws CommitTooLargeError when there are more than 100 streams.
 *
 * @example
 * ```ts
 * const [order, stock] = toCommits([toOrder, toStock], { clock: systemClock, ids: systemIds });
 * ```
 */
export function toCommits(
  appends: readonly Append[],
  ports: { clock: Clock; ids: IdGenerator },
): readonly [Commit, ...Commit[]] {
  const streams = new Set<string>();
  for (const { after } of appends) {
    if (streams.has(after.stream)) {
      throw new InvalidArgumentError(
        `Stream "${after.stream}" is in the transaction twice. Append all its events at once.`,
      );
    }
    streams.add(after.stream);
  }
  const [first, ...others] = appends.map((append) => toCommit(append, ports));
  if (first === undefined)
    throw new InvalidArgumentError('The transaction has no appends. Transact only when something happened.');
  if (appends.length > LARGEST_TRANSACTION) {
    throw new CommitTooLargeError(
      first.stream,
      `its transaction has ${appends.length} streams and ${LARGEST_TRANSACTION} are allowed`,
    );
  }
  return [first, ...others];
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
export function checkFollows(commit: Commit, version: number): void {
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
