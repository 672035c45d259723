import type { PageRequest } from '../read-models/read-model-store.js';
import type { ErrorReport } from './error-report.js';
import type { SkippedVersions } from './skips.js';

/** The commit that a projection fails at. */
export interface StuckCommit {
  readonly stream: string;
  /** Version of its first event. */
  readonly version: number;
  /** Version of its last event; `undefined` when the commit is so broken that it does not even tell that. */
  readonly last: number | undefined;
  readonly commitId: string | undefined;
}

/** A stream that waits, for one projection, before a commit that it fails at. */
export interface ParkedStream extends StuckCommit {
  /** Another one each time that the stream is parked. */
  readonly ticket: string;
  /** `draining` while a retry applies what has waited: the projection handles the stream again, and the record stays until all is done. */
  readonly state: 'parked' | 'draining';
  /** How often the commit failed. */
  readonly attempts: number;
  /** When it failed first, ISO 8601. */
  readonly firstFailedAt: string;
  readonly lastFailedAt: string;
  /** Since when the stream waits, ISO 8601. */
  readonly parkedAt: string;
  /** Why the last attempt failed. */
  readonly error: ErrorReport;
}

/** A commit that was skipped, and who decided so. */
export interface SkippedCommit extends StuckCommit {
  readonly last: number;
  readonly by: string;
  readonly reason: string;
  /** When it was skipped, ISO 8601. */
  readonly at: string;
  /** The error that it was parked with. */
  readonly error: ErrorReport;
}

/** Failed attempts at one commit. */
export interface Attempts {
  readonly count: number;
  /** When the first of them failed, ISO 8601. */
  readonly since: string;
}

/** How a stream stands with one projection. */
export interface Standing {
  /** Counts the changes; 0 when there was none. */
  readonly revision: number;
  readonly parked: ParkedStream | undefined;
  /** In version order. */
  readonly skipped: readonly SkippedVersions[];
}

/** A stream of which nothing is noted. */
export const unblemished: Standing = { revision: 0, parked: undefined, skipped: [] };

/** What counting a failure came to. */
export interface Counted {
  readonly standing: Standing;
  /** `undefined` when the failure was not counted, because the stream is parked or the commit was skipped. */
  readonly attempts: Attempts | undefined;
}

/** A standing as it is to be, if nobody has changed it since it was read. */
export interface StandingWrite {
  readonly stream: string;
  /** The revision that it was made from. */
  readonly revision: number;
  readonly parked: ParkedStream | undefined;
  readonly skipped: readonly SkippedVersions[];
  /** What is recorded with it, all or nothing, for the audit. */
  readonly audit?: SkippedCommit;
}

/** Some of the entries of a parking lot, the oldest first. */
export interface ParkingPage<TEntry> {
  readonly entries: readonly TEntry[];
  /** For the next page. The last page has none. */
  readonly cursor?: string;
}

/** The part of the port that the handler of a projection needs: it parks, and skips nothing. */
export interface ParkingWrites {
  /**
   * Counts a failure at a commit, each commit's on their own; not when the stream is parked or the commit was skipped.
   *
   * @param at - Now, ISO 8601. Counts that come to nothing may be forgotten a week after the last.
   */
  count(projection: string, commit: Pick<StuckCommit, 'stream' | 'version'>, at: string): Promise<Counted>;
  /** Reads standings, consistently: an entry for every stream. */
  standings(projection: string, streams: readonly string[]): Promise<ReadonlyMap<string, Standing>>;
  /**
   * Changes a standing, and forgets counts.
   *
   * @returns Whether it was still at the revision.
   */
  save(projection: string, write: StandingWrite & { readonly audit?: never }): Promise<boolean>;
}

/** The part of the port that is asked what waits. */
export interface ParkingQueries {
  /** The streams that wait, by the time they were parked. May lag behind for a moment. */
  listParked(projection: string, request: PageRequest): Promise<ParkingPage<ParkedStream>>;
  /** The commits that were skipped, by the time that was decided. May lag behind for a moment. */
  listSkipped(projection: string, request: PageRequest): Promise<ParkingPage<SkippedCommit>>;
}

/**
 * The port to what is kept of failures. `projection` is always `<projection>@<version>`. The contract, in words and
 * checks, is `describeParkingLot` of `@everfold/projections/testing`.
 */
export interface ParkingLot extends ParkingWrites, ParkingQueries {
  /**
   * Changes a standing, and forgets counts; records the audit with it, if there is one.
   *
   * @returns Whether it was still at the revision.
   */
  save(projection: string, write: StandingWrite): Promise<boolean>;
}
