import { describe, expect, test } from 'vitest';
import { systemClock, systemIds, systemRandom } from './ports.js';

describe('the ports to the machine', () => {
  test('tell the time', () => {
    const before = Date.now();
    const now = systemClock.now();

    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  test('sleep as long as they are told', async () => {
    const before = performance.now();

    await systemClock.sleep(30);

    // A timer may fire a millisecond early.
    expect(performance.now() - before).toBeGreaterThanOrEqual(29);
  });

  test('draw from 0 to 1', () => {
    const drawn = Array.from({ length: 1_000 }, systemRandom);

    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThan(1);
    expect(new Set(drawn).size).toBeGreaterThan(900);
  });

  test('make ids that increase, even within a millisecond', () => {
    const ids = Array.from({ length: 10_000 }, systemIds);

    expect(ids[0]).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
    expect([...new Set(ids)].sort()).toEqual(ids);
  });
});
