import { LeftOutError } from './errors.js';

/**
 * What stands in a bundle for a part that was left out of it: see `stepLeavesOut`. Whoever comes upon it has an event in hand that is
 * handled by no other part, so it must not be taken for handled.
 *
 * @param part - In words.
 * @returns A function that throws LeftOutError.
 */
export function leftOut(part: string): () => never {
  return () => {
    throw new LeftOutError(part);
  };
}
