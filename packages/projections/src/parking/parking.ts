import {
  type Clock,
  type Commit,
  checkWholeNumber,
  type IdGenerator,
  isEverfoldError,
  systemClock,
  systemIds,
} from '@everfold/core';
import { type JudgeCommit, translate, type Verdict } from '@everfold/dynamodb-store';
import type { Work } from '../apply/work.js';
import { reportError } from './error-report.js';
import { logParking, type ParkingListener } from './notice.js';
import { type ParkedStream, type ParkingWrites, type StuckCommit, unblemished } from './parking-lot.js';
import { isSkipped, type SkippedVersions, type Skips } from './skips.js';

/** How streams are parked that keep failing. */
export interface ParkingOptions {
  /** A whole parking lot, or `createParkingWrites`. */
  readonly lot: ParkingWrites;
  /** After how many failed attempts at one commit, at least 1. Default 3. */
  readonly attempts?: number;
  /** Hears of every stream that is parked. Default: one line of JSON each, on standard error. */
  readonly onParking?: ParkingListener;
  readonly ids?: IdGenerator;
}

/** Keeps out of a pass what waits, or was skipped. */
export interface ParkingGate {
  readonly skips: Skips;
  /** @returns Whether it learnt of skipped commits: then the pass begins anew. */
  keepOut(work: Work): Promise<boolean>;
}

const DEFAULT_ATTEMPTS = 3;
/** How often parking is tried when others change the standing. */
const SAVE_ATTEMPTS = 10;

/**
 * Whether an error may be the fault of a commit. What passes by itself is an outage, and what DynamoDB refuses for a missing
 * table or permission is a fault of the surroundings: parking a stream for it would park them all.
 */
export function isPoison(error: unknown): boolean {
  const meaning = translate(error);
  return !isEverfoldError(meaning) || !(meaning.retryable || meaning.code === 'REQUEST_REFUSED');
}

/** Names the commit that a stream is stuck at. */
export function stuckAt({ stream, version, last, id }: Commit): StuckCommit {
  return { stream, version, last, commitId: id };
}

/** Parks streams for one projection, and keeps them out while they wait. */
export interface Parking extends ParkingGate {
  /** Notes a failure of a stream at a commit: it parks the stream when the commit has failed often enough. */
  note(commit: StuckCommit, error: unknown): Promise<Verdict>;
}

/**
 * Makes what parks the streams of a projection.
 *
 * @throws InvalidArgumentError when `attempts` is not a whole number from 1.
 */
export function createParking(projection: string, options: ParkingOptions, clock: Clock): Parking {
  const { lot, attempts: mostAttempts = DEFAULT_ATTEMPTS, onParking = logParking, ids = systemIds } = options;
  checkWholeNumber(`parking.attempts is ${mostAttempts}`, mostAttempts, 1);
  const skips = new Map<string, readonly SkippedVersions[]>();
  /** Streams that this process has seen parked: it asks before it lets them in again. */
  const seen = new Set<string>();

  /** @returns Whether there was something to learn: what was skipped stays so. */
  const learn = (stream: string, skipped: readonly SkippedVersions[]): boolean => {
    if (skipped.length === (skips.get(stream)?.length ?? 0)) return false;
    skips.set(stream, skipped);
    return true;
  };

  return {
    skips,

    /**
     * Asks for streams that were seen parked, or have gaps: a parked stream has one, from the commit that it waits at. Costs one
     * read of standings for 100 streams, and nothing where there is no gap.
     */
    async keepOut(work) {
      const asked = [...work.streams()]
        .filter(([stream, commits]) => seen.has(stream) || hasGap(work.known.get(stream) ?? 0, commits))
        .map(([stream]) => stream);
      if (asked.length === 0) return false;
      let learnt = false;
      for (const [stream, { parked, skipped }] of await lot.standings(projection, asked)) {
        if (parked?.state === 'parked') {
          seen.add(stream);
          work.leaveParked(stream);
        } else {
          seen.delete(stream);
          learnt = learn(stream, skipped) || learnt;
        }
      }
      return learnt;
    },

    async note(commit, error) {
      const { stream, version, last, commitId } = commit;
      const now = new Date(clock.now()).toISOString();
      const { attempts, ...counted } = await lot.count(projection, commit, now);
      let { standing } = counted;
      for (let attempt = 1; attempt <= SAVE_ATTEMPTS; attempt++) {
        const { revision, skipped } = standing;
        if (standing.parked?.state === 'parked') {
          seen.add(stream);
          return 'parked';
        }
        if (isSkipped(skipped, version)) {
          learn(stream, skipped);
          return 'skipped';
        }
        if (attempts === undefined || attempts.count < mostAttempts) return 'failed';
        const parked: ParkedStream = {
          stream,
          version,
          last,
          commitId,
          ticket: ids(),
          state: 'parked',
          attempts: attempts.count,
          firstFailedAt: attempts.since,
          lastFailedAt: now,
          parkedAt: now,
          error: reportError(error),
        };
        if (await lot.save(projection, { stream, revision, skipped, parked })) {
          seen.add(stream);
          onParking({ kind: 'parked', projection, parked });
          return 'parked';
        }
        // Somebody else was first: what it has come to stands there.
        standing = (await lot.standings(projection, [stream])).get(stream) ?? unblemished;
      }
      return 'failed';
    },
  };
}

/** Judges commits whose records cannot be read, as failures of their streams. */
export function judgeUnreadable(projection: string, options: ParkingOptions, clock: Clock = systemClock): JudgeCommit {
  const parking = createParking(projection, options, clock);
  return ({ error, ...commit }) => parking.note(commit, error);
}

function hasGap(known: number, commits: readonly Commit[]): boolean {
  let end = known;
  for (const { version, last } of commits) {
    if (version > end + 1) return true;
    end = last;
  }
  return false;
}
