import { InvalidPatternError } from './invalid-pattern-error.js';
import type { LeafTest } from './leaf.js';

/** The largest number that EventBridge compares, of either sign. */
const LARGEST = 5e9;

/** EventBridge compares up to the sixth digit behind the point. */
const PER_UNIT = 1e6;

/** One end of a range, in millionths. */
interface Bound {
  readonly millionths: number;
  readonly admits: (millionths: number) => boolean;
}

const comparisons = new Map<unknown, (number: number, bound: number) => boolean>([
  ['=', (number, bound) => number === bound],
  ['<', (number, bound) => number < bound],
  ['<=', (number, bound) => number <= bound],
  ['>', (number, bound) => number > bound],
  ['>=', (number, bound) => number >= bound],
]);
const lowerOperators: ReadonlySet<unknown> = new Set(['>', '>=']);
const upperOperators: ReadonlySet<unknown> = new Set(['<', '<=']);

/**
 * Compiles `{"numeric": ["=", 5]}`, `{"numeric": [">", 0]}` and ranges such as `{"numeric": [">", 0, "<=", 5]}`.
 *
 * Numbers are compared from -5e9 to 5e9, to the sixth digit behind the point; an event's number beyond that never fits.
 * Source: EventBridge User Guide, "Comparison operators for use in event patterns", numeric matching.
 *
 * @throws InvalidPatternError when the operand is anything else, or a range that no number is in.
 */
export function compileNumeric(operand: unknown, path: string): LeafTest {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    const remedy = 'Write an operator and a number, such as [">", 0], or a range, such as [">", 0, "<=", 5].';
    throw new InvalidPatternError(path, operand, 'is not a comparison', remedy);
  }
  const [lowerOperator, lowerValue, upperOperator, upperValue]: readonly unknown[] = operand;
  const lower = compileBound(lowerOperator, lowerValue, path);
  if (operand.length === 2) return onNumbers(lower.admits);

  const upper = compileBound(upperOperator, upperValue, path);
  if (!lowerOperators.has(lowerOperator) || !upperOperators.has(upperOperator)) {
    throw new InvalidPatternError(path, operand, 'is not a range', 'Write the lower bound first: [">=", 0, "<", 10].');
  }
  if (lower.millionths >= upper.millionths) {
    throw new InvalidPatternError(path, operand, 'is a range without numbers', 'Let the second bound be the greater.');
  }
  return onNumbers((millionths) => lower.admits(millionths) && upper.admits(millionths));
}

/** Whether EventBridge holds two numbers for the same: `300` and `3.0e2` are. */
export function isSameNumber(left: number, right: number): boolean {
  if (!isComparable(left) || !isComparable(right)) return left === right;
  return toMillionths(left) === toMillionths(right);
}

function compileBound(operator: unknown, value: unknown, path: string): Bound {
  const compare = comparisons.get(operator);
  if (!compare) {
    const remedy = 'Use =, <, <=, > or >=; for what a number is not, use {"anything-but": …}.';
    throw new InvalidPatternError(path, operator, 'is not a comparison of numbers', remedy);
  }
  if (typeof value !== 'number' || !isComparable(value)) {
    throw new InvalidPatternError(path, value, 'is not a number to compare with', 'Write a number from -5e9 to 5e9.');
  }
  const bound = toMillionths(value);
  return { millionths: bound, admits: (millionths) => compare(millionths, bound) };
}

function onNumbers(admits: (millionths: number) => boolean): LeafTest {
  return (leaf) => typeof leaf === 'number' && isComparable(leaf) && admits(toMillionths(leaf));
}

function isComparable(number: number): boolean {
  return Math.abs(number) <= LARGEST;
}

function toMillionths(number: number): number {
  return Math.round(number * PER_UNIT);
}
