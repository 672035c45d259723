// biome-ignore-all lint/plugin/clock-and-chance: the one place where the machine's clock and chance come in

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

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** The machine's chance. */
export const systemRandom: Random = () => Math.random();

/** ULIDs of the moment: each greater than the one before, in this process. */
export const systemIds: IdGenerator = monotonicFactory(cryptographicChance());

/** Cryptographic randomness, fetched for many ids at once: fetching it for each of a ULID's 16 characters takes 50 µs. */
function cryptographicChance(): Random {
  const bytes = new Uint8Array(1024);
  let used = bytes.length;
  return () => {
    if (used === bytes.length) {
      crypto.getRandomValues(bytes);
      used = 0;
    }
    // A byte is as good as any number: a character of a ULID takes five bits.
    return (bytes[used++] ?? 0) / 256;
  };
}
