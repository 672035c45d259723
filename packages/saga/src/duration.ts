import { InvalidArgumentError } from '@everfold/core';
import type { Duration } from './types.js';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration in milliseconds. @throws InvalidArgumentError when it is not one. */
export function durationMs(duration: Duration): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(duration) ?? [];
  if (amount === undefined || !isUnit(unit)) {
    throw new InvalidArgumentError(
      `"${duration}" is not a duration. Write a number and a unit, such as 30s, 15m, 2h or 1d.`,
    );
  }
  return Number(amount) * UNITS[unit];
}

function isUnit(unit: string | undefined): unit is keyof typeof UNITS {
  return unit !== undefined && Object.hasOwn(UNITS, unit);
}
