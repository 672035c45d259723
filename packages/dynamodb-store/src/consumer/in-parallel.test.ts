import { describe, expect, test } from 'vitest';
import { inParallel } from './in-parallel.js';

describe('inParallel', () => {
  test('takes each item once, and so many at a time', async () => {
    const taken: number[] = [];
    let [atWork, most] = [0, 0];

    await inParallel([1, 2, 3, 4, 5], 2, async (item) => {
      taken.push(item);
      most = Math.max(most, ++atWork);
      await Promise.resolve();
      atWork--;
    });

    expect(taken).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses %d at a time', async (limit) => {
    await expect(inParallel([], limit, async () => undefined)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: `concurrency is ${limit}; give a whole number from 1.`,
    });
  });
});
