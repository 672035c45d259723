import type { LedgerStatus, Work } from '../ledger.js';
import type { FailReason } from '../types.js';

/* The row that the tracker keeps of each run of a saga. */

/**
 * How a run stands.
 * `running`: a step is at work, or an event is on its way. `waiting`: for a fact from outside, or another service's answer.
 * `compensating`: it is being taken back. `parked`: a step waits for somebody to look into it. The others: it has ended.
 */
export type RunStatus = 'running' | 'waiting' | 'compensating' | 'parked' | 'completed' | 'cancelled';

/** The listings that runs are in: `open` is each run that goes on by itself. */
export type RunClass = 'open' | 'parked' | 'completed' | 'cancelled';

/** Where an event is recorded. */
export interface EventPlace {
  readonly stream: string;
  readonly version: number;
}

/** What is left of an error, cut short. */
export interface TrackedError {
  readonly name: string;
  readonly message: string;
}

/** A step as its ledger has it, without the events that are in there. */
export interface StepRow {
  readonly status: LedgerStatus;
  /** When it came to this status, ISO 8601. */
  readonly since?: string;
  /** When it is given up, ISO 8601, while it is at work or waits. */
  readonly deadline?: string;
  /** Type of the failure that it came to. */
  readonly failure?: string;
  /** When the service that runs it was asked to take its work back, ISO 8601. */
  readonly asked?: string;
  /** Why it was given up. */
  readonly why?: FailReason;
  /** Attempts that failed in a row, of what it is doing now; and when the next one is, ISO 8601. */
  readonly attempts?: {
    readonly work: Work;
    readonly failed: number;
    readonly next: string;
    readonly error: TrackedError;
  };
  /** What it waits with for somebody to look into it, why, and since when. */
  readonly parked?: {
    readonly work: Work;
    readonly reason: string;
    readonly since: string;
    readonly error?: TrackedError;
  };
}

/** What is known of a run, whatever order it was learned in. */
export interface RunFacts {
  /** The version of the saga that it was begun under. */
  readonly version?: number;
  /** Where the event that started it is recorded, once that is known. */
  readonly start?: EventPlace;
  /** When that was, ISO 8601. */
  readonly startedAt?: string;
  /** The correlation id of that event. */
  readonly correlationId?: string;
  /** Where its cancellation from outside is recorded, if it was cancelled so. */
  readonly cancel?: EventPlace;
  /** When that was, ISO 8601. */
  readonly cancelledAt?: string;
  /** When the last thing happened, ISO 8601. */
  readonly lastAt: string;
  /** How it ended. */
  readonly outcome?: 'completed' | 'cancelled';
  /** When it ended, ISO 8601. */
  readonly endedAt?: string;
  /** The steps whose ledgers are begun, by name. */
  readonly steps: Readonly<Record<string, StepRow>>;
}

/** The row of a run. */
export interface RunRow extends Omit<RunFacts, 'outcome'> {
  readonly status: RunStatus;
  /** Why it is cancelled, being taken back, or parked. */
  readonly reason?: string;
  /**
   * By when something must have happened, ISO 8601, on the full minute: later, the run is stuck. Without one it has ended, or waits
   * for somebody to look into it.
   */
  readonly due?: string;
}

/** The listing that a run is in. */
export function classOf(status: RunStatus): RunClass {
  return status === 'running' || status === 'waiting' || status === 'compensating' ? 'open' : status;
}
