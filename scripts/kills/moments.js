/** @typedef {{ entries: number, laterMs: number }} Moment */

/**
 * When to kill: how many entries the books have then, and how many milliseconds later. Some moments are before the first
 * entry, while goods are received; where several are close together, the service is killed while it recovers.
 *
 * @param {{ kills: number, entries: number, seed: number }} options
 * @returns {Moment[]}
 */
export function chooseMoments({ kills, entries, seed }) {
  const chance = chanceFrom(seed);
  const shares = Array.from({ length: kills }, () => chance() * 1.02 - 0.05).sort((one, other) => one - other);
  return shares.map((share) => ({ entries: Math.floor(share * entries), laterMs: chance() * 1_500 }));
}

/**
 * Numbers from 0 to 1, the same ones for the same seed: mulberry32.
 *
 * @param {number} seed
 */
function chanceFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
