import { InvalidArgumentError } from './errors.js';

/**
 * Checks that a number is whole, and in range.
 *
 * @param what - Says which number it is, and what it is now, as the beginning of a sentence.
 * @param value - The number.
 * @param least - The smallest that will do.
 * @param most - The largest that will do. Default: the largest that is safe.
 * @throws InvalidArgumentError when it is not so.
 *
 * @example
 * ```ts
 * const limit = 20;
 * checkWholeNumber(`limit is ${limit}`, limit, 1, 1_000); // or: limit is 0; give a whole number from 1 to 1000.
 * ```
 */
export function checkWholeNumber(what: string, value: number, least: number, most?: number): void {
  if (Number.isSafeInteger(value) && value >= least && !(most !== undefined && value > most)) return;
  const range = most === undefined ? least : `${least} to ${most}`;
  throw new InvalidArgumentError(`${what}; give a whole number from ${range}.`);
}
