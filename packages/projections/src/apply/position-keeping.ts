import type { Backoff, Clock, Random } from '@everfold/core';
import { jitteredDelay } from '@everfold/core';
import { ReadModelContendedError } from '../errors.js';
import type { Projection } from '../projection.js';
import type { Work } from './work.js';

/** What writing to a read model needs, beside the read model. */
export interface WriteContext {
  readonly projection: Projection<object>;
  readonly clock: Clock;
  readonly random: Random;
  /** How often a write is tried when others are first. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** How many rows are written, or streams read, at a time. */
  readonly concurrency: number;
}

/** How the versions that were applied are kept, for one batch of work. */
export interface PositionKeeping {
  /** Learns how far the streams of the work have come: afterwards each of them is known. */
  learn(work: Work): Promise<void>;
  /** Applies the work, which has no gaps. A stream that fails is stopped at its first commit that was not applied. */
  write(work: Work): Promise<void>;
}

/**
 * Tries until it succeeds, with growing waits.
 *
 * @param attempt - Says whether it succeeded.
 * @throws ReadModelContendedError when no attempt did; whatever `attempt` throws.
 */
export async function persist(
  { clock, random, attempts, backoff }: Pick<WriteContext, 'clock' | 'random' | 'attempts' | 'backoff'>,
  what: string,
  attempt: () => Promise<boolean>,
): Promise<void> {
  for (let failed = 1; !(await attempt()); failed++) {
    if (failed >= attempts) throw new ReadModelContendedError(what, attempts);
    await clock.sleep(jitteredDelay(failed, backoff, random));
  }
}
