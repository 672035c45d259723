import type { Append, Commit } from './commit.js';

/** Which part of a stream is read. */
export interface ReadRange {
  /** The last version already known: a commit's `last`, or 0 for all. Default 0. */
  readonly after?: number;
  /** No commit that begins later than this version. Default: to the end. */
  readonly upTo?: number;
}

/**
 * The port to a store of events. The contract, in words and checks, is `describeEventStore` of `@everfold/core/testing`.
 */
export interface EventStore {
  /**
   * Appends one commit, all or nothing.
   *
   * @throws ConflictError when the stream has moved on from the position.
   * @throws InvalidEventError, InvalidArgumentError, CommitTooLargeError before anything is written.
   */
  append(append: Append): Promise<Commit>;

  /**
   * Appends to several streams, all or nothing.
   *
   * @throws ConflictError when any of the streams has moved on; what `append` throws as well.
   */
  transact(appends: readonly Append[]): Promise<readonly Commit[]>;

  /**
   * Reads the commits of a stream in version order, consistently. A stream that does not exist has none.
   *
   * @throws StreamCorruptedError when a version is missing or doubled.
   */
  read(stream: string, range?: ReadRange): AsyncIterable<Commit>;
}
