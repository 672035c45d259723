import { InvalidArgumentError } from '@everfold/core';
import type { Duration } from './types.js';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration in milliseconds. @throws InvalidArgumentError when it is not one. */
export function durationMs(duration: Duration): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(duration) ?? [];
  const unitMs = UNITS[unit];
  if (unitMs === undefined) {
    throw new InvalidArgumentError(
      `"${duration}" is not a duration. Write a number and a unit, such as 30s, 15m, 2h or 1d.`,
    );
  }
  return Number(amount) * unitMs;
}
