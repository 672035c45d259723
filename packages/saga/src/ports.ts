import {
  type Backoff,
  type Clock,
  type EventStore,
  isEverfoldError,
  jitteredDelay,
  type Random,
  systemClock,
  systemRandom,
} from '@everfold/core';

/** What the handlers of a saga work with. All but the store have defaults. */
export interface SagaPorts {
  readonly store: EventStore;
  readonly clock?: Clock;
  readonly random?: Random;
}

const ATTEMPTS = 20;
const BACKOFF: Backoff = { firstMs: 10, longestMs: 1_000 };

/**
 * Does something again when somebody else appended first, each time on what the streams then hold.
 *
 * @throws ConflictError when 20 attempts came second: the delivery is then retried as a whole.
 */
export async function retryConflicts(
  { clock = systemClock, random = systemRandom }: SagaPorts,
  act: (failed: number) => Promise<void>,
): Promise<void> {
  for (let failed = 1; ; failed++) {
    try {
      return await act(failed - 1);
    } catch (error) {
      if (!isEverfoldError(error, 'CONFLICT') || failed >= ATTEMPTS) throw error;
      await clock.sleep(jitteredDelay(failed, BACKOFF, random));
    }
  }
}
