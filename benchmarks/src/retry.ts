import { jitteredDelay } from '@everfold/core';

/** The waits of Everfold's repository, given to every system: how often writers meet depends on little else. */
const backoff = { firstMs: 10, longestMs: 1_000 };

/** Attempts until nobody else was first. */
export async function untilFirst(attempt: () => Promise<void>, isConflict: (error: unknown) => boolean): Promise<void> {
  for (let failed = 1; ; failed++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isConflict(error)) throw error;
      const delay = jitteredDelay(failed, backoff, Math.random);
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
}
