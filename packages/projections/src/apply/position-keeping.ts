import type { Backoff, Clock, Random } from '@everfold/core';
import { jitteredDelay } from '@everfold/core';
import { ReadModelContendedError } from '../errors.js';
import type { Projection } from '../projection.js';
import type { RowWrites } from '../read-models/read-model-store.js';
import type { Work } from './work.js';

/** What writing to a read model needs. */
export interface WriteContext {
  readonly projection: Projection<object>;
  readonly readModels: RowWrites;
  readonly clock: Clock;
  readonly random: Random;
  /** How often a write is tried when others are first. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** How many rows are written, or streams read, at a time. */
  readonly concurrency: number;
  /** Whether rows are likely to be there. */
  readonly guess: RowGuess;
}

/**
 * Whether the rows of a batch are likely to be there. A row that is likely not there is written as new without being
 * read: when it is there after all, the failed write brings it. It goes by what the last batch found.
 */
export class RowGuess {
  /** A write that fails costs as much as four or five reads, so at most every fifth guess may be wrong. */
  static readonly #mostWrong = 0.2;
  readonly #learns: boolean;
  #areNew: boolean;

  constructor(likely: 'there' | 'new') {
    this.#learns = likely === 'new';
    this.#areNew = this.#learns;
  }

  get areNew(): boolean {
    return this.#areNew;
  }

  /** Notes how many of so many rows were there. */
  found(there: number, all: number): void {
    if (this.#learns && all > 0) this.#areNew = there <= all * RowGuess.#mostWrong;
  }
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
