import { InvalidPatternError } from './invalid-pattern-error.js';
import { isObject, type LeafTest, onStrings } from './leaf.js';

/** Compares strings in one of the ways that patterns know. */
export type TextTest = (text: string, wanted: string) => boolean;

export const beginsWith: TextTest = (text, prefix) => text.startsWith(prefix);
export const endsWith: TextTest = (text, suffix) => text.endsWith(suffix);
const equalsIgnoringCase: TextTest = (text, wanted) => text.toLowerCase() === wanted.toLowerCase();

/**
 * Compiles `{"prefix": "a"}` and `{"suffix": "a"}`, also around `{"equals-ignore-case": "a"}`. An empty one fits every string.
 *
 * @throws InvalidPatternError when the operand is neither a string nor an `equals-ignore-case`.
 */
export function compileAffix(test: TextTest, operand: unknown, path: string): LeafTest {
  if (typeof operand === 'string') return onStrings((text) => test(text, operand));

  const wanted = isObject(operand) && Object.keys(operand).length === 1 ? operand['equals-ignore-case'] : undefined;
  if (typeof wanted !== 'string') {
    throw new InvalidPatternError(
      path,
      operand,
      'is not a string',
      'Write one string, or {"equals-ignore-case": "…"} to disregard upper and lower case.',
    );
  }
  return onStrings((text) => test(text.toLowerCase(), wanted.toLowerCase()));
}

/**
 * Compiles `{"equals-ignore-case": "a"}`.
 *
 * @throws InvalidPatternError when the operand is not a string.
 */
export function compileEqualsIgnoreCase(operand: unknown, path: string): LeafTest {
  if (typeof operand === 'string') return onStrings((text) => equalsIgnoringCase(text, operand));
  throw new InvalidPatternError(
    path,
    operand,
    'is not a string',
    'Write one string; for several, list an {"equals-ignore-case": "…"} for each.',
  );
}
