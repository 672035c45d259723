import { InvalidArgumentError, type Random } from '@everfold/core';

/** Decides for each delivery when its copies arrive, milliseconds from now: `[0]` is once and at once, two are a duplicate. */
export type Faults = () => readonly number[];

/** How likely each fault is, from 0 to 1. Default 0. */
export interface FaultRates {
  /** That an event arrives twice. */
  readonly duplicate?: number;
  /** That a copy is late, so that those behind it overtake it. */
  readonly delay?: number;
  /** How late it is at the most, milliseconds. Default 100. */
  readonly longestDelayMs?: number;
}

/** Every event arrives once, at once and in order: more than EventBridge promises. */
export const noFaults: Faults = () => [0];

/**
 * Faults by chance, within what EventBridge allows itself: at least once, and in no particular order.
 *
 * @param random - The same sequence of numbers leads to the same faults.
 * @throws InvalidArgumentError when a rate is not from 0 to 1.
 */
export function randomFaults(random: Random, { duplicate = 0, delay = 0, longestDelayMs = 100 }: FaultRates): Faults {
  for (const [name, rate] of Object.entries({ duplicate, delay })) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new InvalidArgumentError(`The fault rate "${name}" is ${rate}. Let it be from 0 to 1.`);
    }
  }
  const lateness = () => (random() < delay ? random() * longestDelayMs : 0);
  return () => (random() < duplicate ? [lateness(), lateness()] : [lateness()]);
}
