import type { Clock } from '@everfold/core';

/** Keeps requests to a rate of capacity units: what was spent is waited for before the next one. */
export interface Pace {
  wait(): Promise<void>;
  spend(units: number): void;
}

/**
 * Makes the pace of a job.
 *
 * @param unitsPerSecond - Capacity units, above 0. Default: as fast as it goes.
 *
 * @example
 * ```ts
 * const pace = paceOf(clock, 100);
 * await pace.wait();
 * pace.spend(12.5);
 * ```
 */
export function paceOf(clock: Clock, unitsPerSecond = Number.POSITIVE_INFINITY): Pace {
  let free = clock.now();
  return {
    async wait() {
      const delay = free - clock.now();
      if (delay > 0) await clock.sleep(delay);
    },
    spend(units) {
      free = Math.max(free, clock.now()) + (units / unitsPerSecond) * 1000;
    },
  };
}
