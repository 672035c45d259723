import type { Commit } from '@everfold/core';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { type BatchRecord, groupByStream, inVersionOrder, readRecords, type UnreadableRecord } from './commit-batch.js';
import { type FailureListener, logFailure, type StreamFailure } from './failure.js';
import { inParallel } from './in-parallel.js';
import { type JudgeCommit, judgeRecords } from './judge.js';

/** The Lambda handler of a stream consumer. */
export type StreamHandler = (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;

/**
 * Handles the commits of a batch: each stream's in version order, each commit once, streams interleaved as they
 * arrived. A version may be missing, and a commit may have been handled before, in another batch.
 *
 * @returns The streams that were not handled to their end. What it throws fails them all.
 */
export type HandleCommits = (commits: readonly Commit[]) => Promise<readonly StreamFailure[]>;

/** What a stream consumer is made of. */
export interface StreamConsumerOptions {
  readonly handle: HandleCommits;
  /** Hears of every failure. Default: one line of JSON each, on standard error. */
  readonly onFailure?: FailureListener;
  /** Decides about commits whose records cannot be read. Default: they are delivered again. */
  readonly judge?: JudgeCommit;
}

/**
 * Makes the Lambda handler of a consumer of the event table's stream. It answers with the records that were not
 * handled; the event source mapping needs `ReportBatchItemFailures` for Lambda to heed that.
 *
 * A failure holds back its own stream only. Lambda goes on from the lowest sequence number reported, so commits of other
 * streams may be delivered again: handling must be idempotent.
 * Source: Lambda Developer Guide, "Configuring partial batch response with DynamoDB and Lambda".
 *
 * A record that cannot be read is a failure of its stream at that version: what comes later must not overtake it, unless
 * `judge` has the commit skipped.
 *
 * @example
 * ```ts
 * export const handler = createStreamConsumer({
 *   handle: eachStream(async (stream, commits, handled) => {
 *     for (const commit of commits) {
 *       await archive(stream, commit);
 *       handled(commit);
 *     }
 *   }),
 * });
 * ```
 */
export function createStreamConsumer({ handle, onFailure = logFailure, judge }: StreamConsumerOptions): StreamHandler {
  return async ({ Records }) => {
    const records = readRecords(Records);
    const unreadable = records.filter((record) => record.kind === 'unreadable');
    const { failed, parked } = await judgeRecords(unreadable, judge);
    const waits = endsOf(placesOf(parked));
    const ends = endsOf(placesOf(failed), waits);
    const failures = await failuresOf(handle, inVersionOrder(commitsUpTo(ends, records)));

    const handled = new Set(commitsUpTo(endsOf(failures, ends), records));
    const unreadableHeld = new Set(failed.map(({ sequenceNumber }) => sequenceNumber));
    const held = records.filter((record) => {
      const { stream, version = 1 } = record.kind === 'commit' ? record.commit : record;
      if (version > (waits.get(stream ?? '') ?? version)) return false;
      return record.kind === 'commit' ? !handled.has(record.commit) : unreadableHeld.has(record.sequenceNumber);
    });
    for (const { stream, version, sequenceNumber, error } of failed) {
      onFailure({ stream, after: version === undefined ? undefined : version - 1, sequenceNumber, error });
    }
    for (const failure of failures) {
      onFailure({
        ...failure,
        sequenceNumber: held.find((record) => streamOf(record) === failure.stream)?.sequenceNumber,
      });
    }
    return { batchItemFailures: held.map(({ sequenceNumber }) => ({ itemIdentifier: sequenceNumber })) };
  };
}

/** How {@link eachStream} handles one stream: it calls `handled` with each commit that is done, and throws to stop there. */
export type HandleStream = (
  stream: string,
  commits: readonly Commit[],
  handled: (commit: Commit) => void,
) => Promise<void>;

/**
 * Handles every stream of a batch on its own, several at a time. One that throws is handled up to the last commit
 * reported as `handled`; the others go on.
 *
 * @param concurrency - How many streams at a time, at least 1. Default 16.
 */
export function eachStream(
  handle: HandleStream,
  { concurrency = 16 }: { readonly concurrency?: number } = {},
): HandleCommits {
  return async (commits) => {
    const failures: StreamFailure[] = [];
    await inParallel([...groupByStream(commits)], concurrency, async ([stream, ofStream]) => {
      let after = (ofStream[0]?.version ?? 1) - 1;
      try {
        await handle(stream, ofStream, ({ last }) => {
          after = last;
        });
      } catch (error) {
        failures.push({ stream, after, error });
      }
    });
    return failures;
  };
}

async function failuresOf(handle: HandleCommits, commits: readonly Commit[]): Promise<readonly StreamFailure[]> {
  if (commits.length === 0) return [];
  try {
    return await handle(commits);
  } catch (error) {
    return [...groupByStream(commits)].map(([stream, [first]]) => ({
      stream,
      after: (first?.version ?? 1) - 1,
      error,
    }));
  }
}

/** Where the commits of unreadable records hold their streams back. */
function placesOf(records: readonly UnreadableRecord[]): Pick<StreamFailure, 'stream' | 'after'>[] {
  return records.flatMap(({ stream, version = 1 }) => (stream === undefined ? [] : [{ stream, after: version - 1 }]));
}

/** The last version of each stream that is not held back. */
function endsOf(
  held: readonly Pick<StreamFailure, 'stream' | 'after'>[],
  before: ReadonlyMap<string, number> = new Map(),
): Map<string, number> {
  const ends = new Map(before);
  for (const { stream, after } of held) ends.set(stream, Math.min(after, ends.get(stream) ?? after));
  return ends;
}

function commitsUpTo(ends: ReadonlyMap<string, number>, records: readonly BatchRecord[]): Commit[] {
  return records.flatMap((record) => {
    if (record.kind === 'unreadable') return [];
    const { commit } = record;
    return commit.last <= (ends.get(commit.stream) ?? commit.last) ? [commit] : [];
  });
}

function streamOf(record: BatchRecord): string | undefined {
  return record.kind === 'commit' ? record.commit.stream : record.stream;
}
