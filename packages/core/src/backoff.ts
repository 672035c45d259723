import type { Random } from './ports.js';

/** How waits between attempts grow. */
export interface Backoff {
  /** Upper bound of the first wait, milliseconds. */
  readonly firstMs: number;
  /** Upper bound of any wait, milliseconds. */
  readonly longestMs: number;
}

/**
 * How long to wait before another attempt: anything from 0 up to a bound that doubles with each attempt ("full jitter").
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
 *
 * @param attempt - How many attempts have failed so far, from 1.
 * @param backoff - The bounds, milliseconds.
 * @returns Milliseconds.
 *
 * @example
 * ```ts
 * await clock.sleep(jitteredDelay(attempt, { firstMs: 10, longestMs: 1_000 }, random));
 * ```
 */
export function jitteredDelay(attempt: number, { firstMs, longestMs }: Backoff, random: Random): number {
  return random() * Math.min(longestMs, firstMs * 2 ** (attempt - 1));
}
