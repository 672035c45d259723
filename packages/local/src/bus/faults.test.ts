import { describe, expect, it } from 'vitest';
import { noFaults, randomFaults } from './faults.js';

/** Gives the numbers one after the other, and then from the start again. */
function sequence(...numbers: number[]): () => number {
  let next = 0;
  return () => numbers[next++ % numbers.length] ?? 0;
}

describe('faults', () => {
  it('are none by default: every event arrives once and at once', () => {
    expect(noFaults()).toEqual([0]);
    expect(randomFaults(() => 0, {})()).toEqual([0]);
  });

  it('duplicate an event when the first number is below the rate', () => {
    const faults = randomFaults(sequence(0.09, 0.5, 0.5, 0.1, 0.5), { duplicate: 0.1 });

    expect([faults(), faults()]).toEqual([[0, 0], [0]]);
  });

  it('delay a copy by a part of the longest delay', () => {
    const faults = randomFaults(sequence(0.5, 0.1, 0.25), { delay: 0.2, longestDelayMs: 200 });

    expect(faults()).toEqual([50]);
  });

  it('happen always at the rate 1, and never at the rate 0', () => {
    expect(randomFaults(() => 0.999, { duplicate: 1, delay: 1, longestDelayMs: 1000 })()).toEqual([999, 999]);
    expect(randomFaults(() => 0, { duplicate: 0, delay: 0 })()).toEqual([0]);
  });

  it.each([{ duplicate: -0.1 }, { delay: 1.1 }, { delay: Number.NaN }])('are refused with the rate %j', (rates) => {
    expect(() => randomFaults(() => 0, rates)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
