import { describe, expect, it } from 'vitest';
import { windowsAt } from './windows.js';

const MINUTE = 60_000;

/** In which minutes after it was due a run is swept. */
function sweptAt(dueMs: number, minutes: number, everyMs = MINUTE): number[] {
  return Array.from({ length: minutes }, (_, minute) => minute).filter((minute) => {
    const windows = windowsAt(dueMs + minute * MINUTE, everyMs, dueMs);
    return windows.some(({ since, now }) => since <= dueMs && dueMs <= now);
  });
}

describe('a run that stays stuck', () => {
  it.each([0, 1, 17_000, 59_999])('is swept after 1, 2, 4, 8 … intervals, due %i ms after the minute', (offset) => {
    expect(sweptAt(1_000 * MINUTE + offset, 140)).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
  });

  it('is swept in intervals of the rate at which the sweeper is called', () => {
    expect(sweptAt(1_000 * 5 * MINUTE, 50, 5 * MINUTE).filter((minute) => minute % 5 === 0)).toEqual([5, 10, 20, 40]);
  });
});

describe('the windows', () => {
  it('are none where nothing is stuck for a whole interval', () => {
    expect(windowsAt(10 * MINUTE, MINUTE, 10 * MINUTE)).toEqual([]);
  });

  it('do not overlap, reach back to the oldest, and are as many as its age has powers of two', () => {
    const windows = windowsAt(2_000_000 * MINUTE + 5, MINUTE, (2_000_000 - 1_440) * MINUTE);

    expect(windows).toHaveLength(11);
    for (const [index, { since, now }] of windows.entries()) {
      expect(now - since).toBe(MINUTE - 1);
      expect(now).toBeLessThan(windows[index - 1]?.since ?? Number.POSITIVE_INFINITY);
    }
    expect(windows.map(({ descending }) => descending).slice(0, 3)).toEqual([false, true, false]);
  });
});
