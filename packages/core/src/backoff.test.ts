import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jitteredDelay } from './backoff.js';

const backoff = { firstMs: 10, longestMs: 1_000 };

describe('jitteredDelay', () => {
  test('doubles its bound with each attempt, up to the longest', () => {
    const bounds = [1, 2, 3, 7, 8, 9, 2_000].map((attempt) => jitteredDelay(attempt, backoff, () => 1));

    expect(bounds).toEqual([10, 20, 40, 640, 1_000, 1_000, 1_000]);
  });

  test('takes any part of the bound, by chance', () => {
    expect([0, 0.25, 0.5].map((chance) => jitteredDelay(3, backoff, () => chance))).toEqual([0, 10, 20]);
  });

  test('is never longer than the longest, whatever the attempt', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), chance, (attempt, drawn) => {
        const delay = jitteredDelay(attempt, backoff, () => drawn);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThan(1_000);
      }),
    );
  });
});
