import type { Commit } from '@everfold/core';
import { groupByStream, type StreamFailure } from '@everfold/dynamodb-store';
import type { Pass } from '../apply/projector.js';
import type { Stop, Work } from '../apply/work.js';
import { isPoison, type Parking, stuckAt } from './parking.js';

/**
 * Applies commits of one stream one by one, those of a gap too, up to the first that fails. Together with others a commit
 * may fail for what they do, to the same row or in the same transaction: alone, it fails for itself.
 */
export async function firstToFail(pass: Pass, commits: readonly Commit[]): Promise<Stop | undefined> {
  const apply = async (commit: Commit) => (await pass([commit])).stopOf(commit.stream);
  for (const commit of commits) {
    let stopped = await apply(commit);
    while (stopped !== undefined && stopped.commit.version < commit.version) {
      const alone = await apply(stopped.commit);
      if (alone !== undefined) return alone;
      stopped = await apply(commit);
    }
    if (stopped !== undefined) return stopped;
  }
  return undefined;
}

interface Settling {
  readonly pass: Pass;
  readonly parking: Parking;
}

/**
 * Decides about the streams that failed in a pass. What passes by itself is left to another delivery; the others are
 * applied commit by commit, and the one that fails is counted.
 *
 * @returns The streams that are to be delivered again.
 */
export async function settleFailures(
  settling: Settling,
  commits: readonly Commit[],
  work: Work,
): Promise<readonly StreamFailure[]> {
  const streams = groupByStream(commits);
  const left: StreamFailure[] = [];
  for (const failure of work.failures) {
    const settled = await settle(settling, streams.get(failure.stream) ?? [], failure);
    if (settled !== undefined) left.push(settled);
  }
  return left;
}

async function settle(
  { pass, parking }: Settling,
  commits: readonly Commit[],
  first: StreamFailure,
): Promise<StreamFailure | undefined> {
  let failure = first;
  try {
    while (isPoison(failure.error)) {
      const stopped = await firstToFail(pass, commits);
      if (stopped === undefined) return undefined;
      failure = stopped.failure;
      if (!isPoison(failure.error)) return failure;
      const verdict = await parking.note(stuckAt(stopped.commit), failure.error);
      if (verdict === 'failed') return failure;
      if (verdict === 'parked') return undefined;
    }
    return failure;
  } catch (thrown) {
    const message = `${String(failure.error)} It could not be told whether to park the stream.`;
    return { ...failure, error: new AggregateError([failure.error, thrown], message) };
  }
}
