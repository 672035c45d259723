import {
  type Backoff,
  type Commit,
  type IdGenerator,
  InvalidArgumentError,
  isEverfoldError,
  systemClock,
  systemIds,
  systemRandom,
} from '@everfold/core';
import { persist } from '../apply/position-keeping.js';
import type { ProjectorOptions } from '../apply/projector.js';
import { NotParkedError } from '../errors.js';
import type { PageRequest } from '../read-models/read-model-store.js';
import { Drain, type Stuck } from './drain.js';
import { type ErrorReport, reportError } from './error-report.js';
import { logParking, type ParkingListener } from './notice.js';
import {
  type ParkedStream,
  type ParkingLot,
  type ParkingPage,
  type SkippedCommit,
  type Standing,
  type StandingWrite,
  unblemished,
} from './parking-lot.js';
import { isSkipped, withSkipped } from './skips.js';

/** What the desk works with: what the projection's handler works with, and its parking lot. */
export interface ParkingDeskOptions<TRow extends object> extends Omit<ProjectorOptions<TRow>, 'parking'> {
  readonly lot: ParkingLot;
  /** Hears of every stream that is released, or parked anew. Default: one line of JSON each, on standard error. */
  readonly onParking?: ParkingListener;
  readonly ids?: IdGenerator;
}

/** What became of a parked stream: it is up to date, or it waits again. */
export type RetryOutcome =
  | { readonly outcome: 'drained'; readonly stream: string }
  | { readonly outcome: 'parked'; readonly stream: string; readonly parked: ParkedStream };

/** A parked stream, and the commit that it waits at. */
export interface Inspection {
  readonly parked: ParkedStream;
  /** `undefined` when it cannot be read from the event store. */
  readonly commit: Commit | undefined;
  /** Why it cannot be read. */
  readonly unreadable?: ErrorReport;
}

/** Which commit is skipped, and who decided so. */
export interface SkipRequest {
  /** The version that the stream is parked at: what was looked at is what is skipped. */
  readonly version: number;
  readonly by: string;
  readonly reason: string;
}

/** What an operator does about parked streams. */
export interface ParkingDesk {
  /**
   * The streams that wait, by the time they were parked. Reads an index, which may lag behind for a moment. Costs one Query:
   * half a read unit for each 4 KB of the entries together.
   *
   * @throws InvalidArgumentError when the limit or cursor is not right.
   */
  list(request?: PageRequest): Promise<ParkingPage<ParkedStream>>;

  /** A parked stream with the commit that fails; `undefined` when it is not parked. Costs a read of the lot and one of the event store. */
  inspect(stream: string): Promise<Inspection | undefined>;

  /**
   * Applies what a stream waits with, and lets it go on. May be repeated, whenever it was broken off. Costs a read of the
   * stream from where it is known to stand (with positions in the rows: from its beginning), what its commits cost in
   * batches of 100, and two writes of the lot.
   *
   * @throws NotParkedError when it is not parked; whatever is an outage: the stream is parked as before.
   */
  retry(stream: string): Promise<RetryOutcome>;

  /** Retries every stream that was parked when it began, one after the other. */
  retryAll(): Promise<readonly RetryOutcome[]>;

  /**
   * Skips the commit that a stream waits at: for this version of the projection it counts as one without changes, for
   * ever. Then the stream is drained as by `retry`; if that breaks off, `retry` goes on. Costs a transaction of the lot more.
   *
   * @throws NotParkedError when the stream is not parked at that version.
   * @throws InvalidArgumentError when `by` or `reason` is empty, or the commit does not tell where it ends.
   */
  skip(stream: string, request: SkipRequest): Promise<RetryOutcome>;

  /** The commits that were skipped, by the time of that: who, when, why, and the error. Costs as `list`. */
  listSkipped(request?: PageRequest): Promise<ParkingPage<SkippedCommit>>;
}

const ATTEMPTS = 10;
const BACKOFF: Backoff = { firstMs: 10, longestMs: 1_000 };

/**
 * Makes the desk of a projection's parking lot, for a script or a Lambda function of operators. Give it the projection as it is
 * deployed: it applies commits by the same code.
 *
 * @example
 * ```ts
 * const desk = createParkingDesk({ projection: orders, eventStore, readModels, lot });
 * for (const { stream, version, error } of (await desk.list()).entries) log(`${stream}@${version}: ${error.message}`);
 * await desk.retryAll();
 * ```
 */
export function createParkingDesk<TRow extends object>(options: ParkingDeskOptions<TRow>): ParkingDesk {
  const { lot, onParking = logParking, ids = systemIds, ...projector } = options;
  const { projection, eventStore, clock = systemClock, random = systemRandom } = projector;
  const { id } = projection.rows;
  const now = () => new Date(clock.now()).toISOString();

  const standingOf = async (stream: string): Promise<Standing> =>
    (await lot.standings(id, [stream])).get(stream) ?? unblemished;

  /** Changes a standing as `decide` says; `undefined` leaves it, and is what comes back then. */
  const change = async (stream: string, decide: (standing: Standing) => Change | undefined) => {
    let next: Change | undefined;
    const ports = { clock, random, attempts: ATTEMPTS, backoff: BACKOFF };
    await persist(ports, `The standing of stream "${stream}" with ${id}`, async () => {
      const standing = await standingOf(stream);
      next = decide(standing);
      return next === undefined || lot.save(id, { stream, revision: standing.revision, ...next });
    });
    return next;
  };

  /** What has come of a stream that somebody else was at, too. */
  const outcomeOf = async (stream: string): Promise<RetryOutcome> => {
    const { parked } = await standingOf(stream);
    return parked === undefined ? { outcome: 'drained', stream } : { outcome: 'parked', stream, parked };
  };

  const parkAgain = async (stream: string, stuck: Stuck): Promise<RetryOutcome> => {
    let wasSkipped = false;
    const changed = await change(stream, ({ parked, skipped }) => {
      wasSkipped = isSkipped(skipped, stuck.commit.version);
      if (parked === undefined || wasSkipped) return undefined;
      return { skipped, parked: parkedAgain(parked, stuck, { ticket: ids(), at: now() }) };
    });
    // Somebody skipped it while this retry was at it.
    if (wasSkipped) return drain(stream);
    if (changed?.parked === undefined) return outcomeOf(stream);
    onParking({ kind: 'parked', projection: id, parked: changed.parked });
    return { outcome: 'parked', stream, parked: changed.parked };
  };

  const drain = async (stream: string): Promise<RetryOutcome> => {
    const { skipped } = await standingOf(stream);
    const drained = await Drain.of(projector, stream, skipped);
    const stuck = await drained.run();
    if (stuck !== undefined) return parkAgain(stream, stuck);
    // From here on handlers let the stream in. What they kept out before is in the event store by now: the second run reads it.
    const open = await change(stream, (standing) => {
      return standing.parked && { skipped: standing.skipped, parked: { ...standing.parked, state: 'draining' } };
    });
    if (open?.parked === undefined) return outcomeOf(stream);
    const { ticket } = open.parked;
    const late = await drained.run();
    if (late !== undefined) return parkAgain(stream, late);
    const released = await change(stream, (standing) => {
      // Parked anew in between, it keeps commits out again: that is for another retry.
      const isOurs = standing.parked?.ticket === ticket && standing.parked.state === 'draining';
      return isOurs ? { skipped: standing.skipped, parked: undefined } : undefined;
    });
    if (released === undefined) return outcomeOf(stream);
    onParking({ kind: 'released', projection: id, parked: open.parked });
    return { outcome: 'drained', stream };
  };

  const desk: ParkingDesk = {
    list: (request = {}) => lot.listParked(id, request),
    listSkipped: (request = {}) => lot.listSkipped(id, request),

    async inspect(stream) {
      const { parked } = await standingOf(stream);
      if (parked === undefined) return undefined;
      const { version } = parked;
      try {
        for await (const commit of eventStore.read(stream, { after: version - 1, upTo: version }))
          return { parked, commit };
        return { parked, commit: undefined };
      } catch (error) {
        if (isEverfoldError(error) && error.retryable) throw error;
        return { parked, commit: undefined, unreadable: reportError(error) };
      }
    },

    async retry(stream) {
      const { parked } = await standingOf(stream);
      if (parked === undefined) throw new NotParkedError(id, stream, undefined);
      return drain(stream);
    },

    async retryAll() {
      const streams: string[] = [];
      let request: PageRequest | undefined = { limit: 1000 };
      while (request !== undefined) {
        const { entries, cursor }: ParkingPage<ParkedStream> = await lot.listParked(id, request);
        streams.push(...entries.map(({ stream }) => stream));
        request = cursor === undefined ? undefined : { limit: 1000, cursor };
      }
      const outcomes: RetryOutcome[] = [];
      for (const stream of streams) outcomes.push(await drain(stream));
      return outcomes;
    },

    async skip(stream, request) {
      checkText('by', request.by);
      checkText('reason', request.reason);
      await change(stream, (standing) => skippedIn(id, standing, { ...request, stream, at: now() }));
      return drain(stream);
    },
  };
  return desk;
}

type Change = Omit<StandingWrite, 'stream' | 'revision'>;

function parkedAgain(
  before: ParkedStream,
  { commit, error }: Stuck,
  { ticket, at }: { ticket: string; at: string },
): ParkedStream {
  const same = commit.version === before.version;
  return {
    ...before,
    ticket,
    state: 'parked',
    version: commit.version,
    // What cannot be read from the event store, its stream record may have told.
    last: commit.last ?? (same ? before.last : undefined),
    commitId: commit.commitId ?? (same ? before.commitId : undefined),
    attempts: same ? before.attempts + 1 : 1,
    firstFailedAt: same ? before.firstFailedAt : at,
    lastFailedAt: at,
    error: reportError(error),
  };
}

/** The standing with the commit skipped that the stream waits at; `undefined` when it is already. */
function skippedIn(
  projection: string,
  { parked, skipped }: Standing,
  { stream, version, by, reason, at }: SkipRequest & { readonly stream: string; readonly at: string },
): Change | undefined {
  if (parked === undefined || parked.version !== version) {
    throw new NotParkedError(projection, stream, parked?.version);
  }
  if (isSkipped(skipped, version)) return undefined;
  const { last, commitId, error } = parked;
  if (last === undefined) {
    throw new InvalidArgumentError(
      `The commit of stream "${stream}" at version ${version} cannot be skipped: it does not tell where it ends. Repair its item in the event table, and retry.`,
    );
  }
  const audit: SkippedCommit = { stream, version, last, commitId, by, reason, at, error };
  return { parked, skipped: withSkipped(skipped, { version, last }), audit };
}

function checkText(what: string, text: string): void {
  if (typeof text === 'string' && text.trim() !== '') return;
  throw new InvalidArgumentError(`A commit is skipped without "${what}". Say so: it is kept for the audit.`);
}
