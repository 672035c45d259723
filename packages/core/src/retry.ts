import { type Backoff, jitteredDelay } from './backoff.js';
import { isEverfoldError } from './errors.js';
import { type Clock, type Random, systemClock, systemRandom } from './ports.js';
import { checkWholeNumber } from './whole-number.js';

/** How a decision is made anew when somebody else was first. All of it has defaults. */
export interface RetryOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  /** How often it is decided at most, the first time included: at least 1. Default 10. */
  readonly attempts?: number;
  /** Waits between those attempts. Default: up to 10 ms, doubling, up to 1,000 ms. */
  readonly backoff?: Backoff;
}

/** Calls a function until it does not end in a conflict, or the attempts are used up. It hears how often it failed so far. */
export type Retry = <TResult>(attempt: (failed: number) => Promise<TResult>) => Promise<TResult>;

const DEFAULT_ATTEMPTS = 10;
const DEFAULT_BACKOFF: Backoff = { firstMs: 10, longestMs: 1_000 };

/**
 * Makes what decides anew when somebody else was first, with jittered waits in between.
 *
 * @throws InvalidArgumentError when `attempts` is not a whole number from 1.
 *
 * @example
 * ```ts
 * const retry = retryOf({ attempts: 5 });
 * await retry(async () => {
 *   const { position } = await stock.load('7');
 *   await store.append({ after: position, events, metadata });
 * });
 * ```
 */
export function retryOf(options: RetryOptions): Retry {
  const { clock = systemClock, random = systemRandom } = options;
  const { attempts = DEFAULT_ATTEMPTS, backoff = DEFAULT_BACKOFF } = options;
  checkWholeNumber(`attempts is ${attempts}`, attempts, 1);
  return async (attempt) => {
    for (let failed = 0; ; ) {
      try {
        return await attempt(failed);
      } catch (error) {
        failed++;
        if (!isEverfoldError(error, 'CONFLICT') || failed >= attempts) throw error;
        await clock.sleep(jitteredDelay(failed, backoff, random));
      }
    }
  };
}
