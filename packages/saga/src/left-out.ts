import { LeftOutError } from './errors.js';

/**
 * What stands in a bundle for a part that was left out of it: see `stepLeavesOut`. Whoever comes upon it must not take anything for handled.
 *
 * @param part - In words.
 */
export function leftOut(part: string): never {
  throw new LeftOutError(part);
}
