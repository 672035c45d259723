import type { ClaimKey, TransactionPart } from './claims.js';
import type { Append, Commit, CommitEvents, Position, Snapshot } from './commit.js';
import type { Metadata } from './metadata.js';
import type { StreamPart } from './transaction.js';

/** Which part of a stream is read. */
export interface ReadRange {
  /** The last version already known: reading begins with the one after it. Default 0. */
  readonly after?: number;
  /** No commit that begins later than this version. Default: to the end. */
  readonly upTo?: number;
  /** Whether the latest commit comes first. Default: in version order. */
  readonly backward?: boolean;
  /** At most so many commits. Default: all. */
  readonly limit?: number;
}

/** How a stream is loaded. */
export interface LoadQuery {
  /** The snapshots that will do, and how many events apart they are. Default: none. */
  readonly snapshots?: { readonly schema: string; readonly every: number };
  /** What is known already. Default: nothing. */
  readonly after?: Position;
  /** As of this version: no commit that begins later, no snapshot of a later state. Default: as of now. */
  readonly upTo?: number;
  /** As of this time, ISO 8601: nothing after the last commit recorded no later. Default: as of now. */
  readonly until?: string;
}

/** The latest of a stream: a snapshot, where there is one that will do, and the commits after it. */
export interface Latest {
  readonly snapshot?: { readonly state: unknown; readonly position: Position };
  /** In version order, as far as folding needs them. */
  readonly commits: readonly CommitEvents[];
}

/** How all commits are read. */
export interface ScanOptions {
  /** Streams of this category only. Default: all. */
  readonly category?: string;
  /** How many parts are read side by side, 1 to 1,000,000. A cursor goes with its number. Default 1. */
  readonly segments?: number;
  /** Where an earlier scan stood. Default: at the beginning. */
  readonly cursor?: string;
  /** Read units a second, at most. Default: as fast as it goes. */
  readonly unitsPerSecond?: number;
  /** Hears of every page, before it is handed out. */
  readonly onProgress?: (progress: ScanProgress) => void;
}

/** How far a scan has come since it was begun or resumed. */
export interface ScanProgress {
  readonly commits: number;
  readonly events: number;
  readonly requests: number;
  readonly readUnits: number;
  readonly segmentsDone: number;
  readonly segments: number;
}

/** Some commits of a scan. */
export interface ScanPage {
  /** Those of one stream are in version order, over all pages. A commit of several items may come in parts. */
  readonly commits: readonly Commit[];
  /** Resumes the scan after this page. */
  readonly cursor: string;
}

/** The part of the port that commands and sagas need: one stream, or several that they know. */
export interface StreamStore {
  /**
   * Appends one commit, all or nothing.
   *
   * @throws ConflictError when the stream has moved on from the position; StreamDeletedError when it was deleted.
   * @throws InvalidEventError, InvalidArgumentError, CommitTooLargeError before anything is written.
   */
  append(append: Append): Promise<Commit>;

  /**
   * Appends to several streams and checks others, all or nothing.
   *
   * @returns The commits, in the order of the appends.
   * @throws ConflictError when any of the streams has moved on; what `append` throws as well.
   */
  readonly transact: (parts: readonly StreamPart[]) => Promise<readonly Commit[]>;

  /**
   * Reads the commits of a stream, consistently. A stream that does not exist has none; a deleted one ends with its deletion.
   *
   * @throws StreamCorruptedError when a version is missing or doubled.
   */
  read(stream: string, range?: ReadRange): AsyncIterable<Commit>;

  /** Reads what folding the latest state takes: from the newest snapshot that will do. */
  load(stream: string, query?: LoadQuery): Promise<Latest>;

  /**
   * Ends a stream for ever: later appends are refused. What it holds can still be read.
   *
   * @throws ConflictError when the stream has moved on; StreamNotFoundError when the position is before its first event.
   */
  delete(after: Position, metadata: Metadata): Promise<Commit>;
}

/**
 * The port to a store of events. The contract, in words and checks, is `describeEventStore` of `@everfold/core/testing`.
 */
export interface EventStore extends StreamStore {
  /**
   * Appends to several streams, checks others, claims and releases unique values, all or nothing.
   *
   * @returns The commits, in the order of the appends.
   * @throws ConflictError when any of the streams has moved on; ClaimTakenError; what `append` throws as well.
   */
  readonly transact: (parts: readonly TransactionPart[]) => Promise<readonly Commit[]>;

  /**
   * Adds a snapshot to the last commit of a stream.
   *
   * @returns Whether it was small enough to be carried.
   * @throws ConflictError when the stream has moved on; StreamNotFoundError when the position is before its first event.
   */
  saveSnapshot(of: Position, snapshot: Snapshot): Promise<boolean>;

  /** Who holds a unique value; `undefined` when it is free. */
  holderOf(key: ClaimKey): Promise<string | undefined>;

  /** Reads all commits of all streams, page by page, not necessarily as of one moment. */
  scan(options?: ScanOptions): AsyncIterable<ScanPage>;

  /** The names of all streams of a category, deleted ones too. Reads as much as a scan. */
  streams(category: string, options?: Omit<ScanOptions, 'category' | 'cursor'>): AsyncIterable<string>;
}
