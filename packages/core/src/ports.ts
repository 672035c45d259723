import { monotonicFactory } from 'ulid';

/** Time, as far as Everfold needs it. Pass another in tests. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Resolves after so many milliseconds. */
  sleep(milliseconds: number): Promise<void>;
}

/** A number from 0 (inclusive) to 1 (exclusive). */
export type Random = () => number;

/** A new identifier, unique and increasing with time: a ULID. */
export type IdGenerator = () => string;

/* These three are the only places that reach for the machine's clock and chance. */

// biome-ignore-start lint: the ports themselves
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

export const systemRandom: Random = () => Math.random();
// biome-ignore-end lint: the ports themselves

export const systemIds: IdGenerator = monotonicFactory();
