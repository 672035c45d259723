import type { RunStatus } from '../tracker/run-row.js';

/** A run that was found stuck, and what was done about it. */
export interface SweptRun {
  readonly key: string;
  readonly status: RunStatus;
  /** By when something should have happened, ISO 8601. */
  readonly due: string | undefined;
  /** Steps whose timers were put on the bus. */
  readonly timers: readonly string[];
  /** Types of the events that were published again. */
  readonly events: readonly string[];
}

/** Something that could not be done for a run. */
export interface FailedSweep {
  readonly key: string;
  readonly reason: string;
}

/** What a call of the sweeper came to. */
export interface Sweep {
  readonly saga: string;
  readonly runs: readonly SweptRun[];
  readonly failed: readonly FailedSweep[];
  /** Whether all runs were swept whose turn it was: else, there were more than one call takes. */
  readonly isComplete: boolean;
}

/** Hears of what a sweeper did. */
export type SweepListener = (sweep: Sweep) => void;

/** Writes a sweep as one line of JSON to standard error, which Lambda carries to CloudWatch Logs. */
export const logSweep: SweepListener = (sweep) => {
  const { saga, runs, failed } = sweep;
  const message = `${runs.length} runs of saga "${saga}" were stuck; ${failed.length} could not be set going.`;
  process.stderr.write(`${JSON.stringify({ level: failed.length > 0 ? 'ERROR' : 'WARN', message, ...sweep })}\n`);
};
