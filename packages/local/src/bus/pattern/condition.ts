import { compileAnythingBut } from './anything-but.js';
import { compileCidr } from './cidr.js';
import { compileExact } from './exact.js';
import { InvalidPatternError } from './invalid-pattern-error.js';
import { isLeaf, isObject, type JsonObject, type LeafTest } from './leaf.js';
import { compileNumeric } from './numeric.js';
import { beginsWith, compileAffix, compileEqualsIgnoreCase, endsWith } from './text.js';
import { compileWildcard } from './wildcard.js';

/** What one field of an event has to be: any of the tests passes, or the field is not there and that is allowed. */
export interface Condition {
  /** The field, such as `detail.amount`. */
  readonly field: string;
  readonly tests: readonly LeafTest[];
  readonly allowsAbsence: boolean;
}

type Compile = (operand: unknown, path: string) => LeafTest;

const compilers: { readonly [operator: string]: Compile } = {
  prefix: (operand, path) => compileAffix(beginsWith, operand, path),
  suffix: (operand, path) => compileAffix(endsWith, operand, path),
  'equals-ignore-case': compileEqualsIgnoreCase,
  wildcard: compileWildcard,
  'anything-but': compileAnythingBut,
  numeric: compileNumeric,
  cidr: compileCidr,
  // Only leaves reach a test: one is there.
  exists: () => () => true,
};

/** Whether a name means a comparison, so that it cannot be a field inside `$or`. */
export function isOperator(name: string): boolean {
  return Object.hasOwn(compilers, name);
}

/**
 * Compiles the list of values that stands at one field of a pattern.
 *
 * @param path - The way to the list within the pattern.
 * @throws InvalidPatternError when the list is empty or one of its values means nothing.
 */
export function compileCondition(field: string, values: readonly unknown[], path: string): Condition {
  if (values.length === 0) {
    throw new InvalidPatternError(path, values, 'is an empty list', 'List at least one value, or leave the field out.');
  }
  const tests: LeafTest[] = [];
  let allowsAbsence = false;
  for (const [index, value] of values.entries()) {
    if (isAbsence(value)) allowsAbsence = true;
    else tests.push(compileValue(value, `${path}.${index}`));
  }
  return { field, tests, allowsAbsence };
}

function isAbsence(value: unknown): boolean {
  return isObject(value) && value.exists === false && Object.keys(value).length === 1;
}

function compileValue(value: unknown, path: string): LeafTest {
  if (isLeaf(value)) return compileExact(value);
  if (isObject(value)) return compileOperator(value, path);
  throw new InvalidPatternError(
    path,
    value,
    'is not a value to compare with',
    'Write a string, a number, true, false, null, or an operator such as {"prefix": "a"}.',
  );
}

function compileOperator(expression: JsonObject, path: string): LeafTest {
  const [entry, ...others] = Object.entries(expression);
  if (!entry || others.length > 0) {
    throw new InvalidPatternError(
      path,
      expression,
      'is not one operator',
      'Write each operator as an object of its own in the list.',
    );
  }
  const [operator, operand] = entry;
  const compile = isOperator(operator) ? compilers[operator] : undefined;
  if (!compile) {
    throw new InvalidPatternError(
      path,
      operator,
      'is not an operator',
      `Use one of ${Object.keys(compilers).join(', ')}.`,
    );
  }
  if (operator === 'exists' && operand !== true) {
    throw new InvalidPatternError(
      path,
      operand,
      'is neither true nor false',
      'Write {"exists": true} or {"exists": false}.',
    );
  }
  return compile(operand, `${path}.${operator}`);
}
