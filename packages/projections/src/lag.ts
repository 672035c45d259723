import { type Clock, type Commit, systemClock } from '@everfold/core';
import { groupByStream, type HandleCommits } from '@everfold/dynamodb-store';

/** What a batch came to, for a metric. Only what was delivered counts, not what was read to fill gaps. */
export interface AppliedBatch {
  /** `<projection>@<version>`, or the name of the sink. */
  readonly projection: string;
  readonly streams: number;
  /** Commits of the batch that are in, those that were before too, and those that wait in the parking lot. */
  readonly commits: number;
  readonly events: number;
  /** Commits of the batch that are held back, and delivered again. */
  readonly held: number;
  /** Milliseconds from the recording of the oldest of these commits to now: how far behind a reader may have been. */
  readonly lagMs: number;
  /** The same of the newest: how far behind a reader still is. */
  readonly newestLagMs: number;
}

/** Hears of every batch of which something is in. */
export type AppliedListener = (batch: AppliedBatch) => void;

interface Listening {
  readonly projection: string;
  readonly onApplied: AppliedListener | undefined;
  readonly clock: Clock | undefined;
}

/** Tells a listener what handling came to. Costs no request; without a listener, nothing. */
export function listened(
  handle: HandleCommits,
  { projection, onApplied, clock = systemClock }: Listening,
): HandleCommits {
  if (onApplied === undefined) return handle;
  return async (commits) => {
    const failures = await handle(commits);
    const ends = new Map(failures.map(({ stream, after }) => [stream, after]));
    const applied = commits.filter(({ stream, last }) => last <= (ends.get(stream) ?? last));
    if (applied.length > 0) onApplied(measure(projection, commits, applied, clock.now()));
    return failures;
  };
}

function measure(
  projection: string,
  commits: readonly Commit[],
  applied: readonly Commit[],
  now: number,
): AppliedBatch {
  const times = applied.map(({ at }) => Date.parse(at));
  return {
    projection,
    streams: groupByStream(applied).size,
    commits: applied.length,
    events: applied.reduce((sum, { events }) => sum + events.length, 0),
    held: commits.length - applied.length,
    lagMs: now - times.reduce((one, other) => Math.min(one, other)),
    newestLagMs: now - times.reduce((one, other) => Math.max(one, other)),
  };
}
