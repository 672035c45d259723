import { type Clock, defined, type Random, retryOf, type StreamStore } from '@everfold/core';
import type { Timers } from './timers/timers.js';

/** What was entered into the ledger of a step. */
export interface LedgerNotice {
  readonly saga: string;
  readonly step: string;
  readonly key: string;
  /** The type of the entry: an event of the saga, or a private one, such as `$parked`. */
  readonly type: string;
  readonly data: unknown;
}

/** What the handlers of a saga work with. */
export interface SagaPorts {
  readonly store: StreamStore;
  /** Bring a step back to its next attempt, or to its deadline. */
  readonly timers: Timers;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Hears of each entry after it was recorded: for alarms, such as on `$parked`, and metrics. What it throws is passed over. */
  readonly onEntry?: (notice: LedgerNotice) => void;
}

/** Tells a listener of what is recorded. */
export function tell<TNotice>(listener: ((notice: TNotice) => void) | undefined, notice: TNotice): void {
  try {
    listener?.(notice);
  } catch {
    // What is recorded is recorded, whoever does not want to hear of it.
  }
}

const ATTEMPTS = 20;

/**
 * Does something again when somebody else appended first, each time on what the streams then hold.
 *
 * @throws ConflictError when 20 attempts came second: the delivery is then retried as a whole.
 */
export function retryConflicts<TResult>(
  { clock, random }: Pick<SagaPorts, 'clock' | 'random'>,
  act: (failed: number) => Promise<TResult>,
): Promise<TResult> {
  return retryOf({ ...defined({ clock, random }), attempts: ATTEMPTS })(act);
}
