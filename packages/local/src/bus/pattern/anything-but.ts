import { compileExact } from './exact.js';
import { InvalidPatternError } from './invalid-pattern-error.js';
import { isObject, type JsonObject, type LeafTest } from './leaf.js';
import { beginsWith, compileAffix, compileEqualsIgnoreCase, endsWith } from './text.js';
import { compileWildcard } from './wildcard.js';

/**
 * Compiles `{"anything-but": …}`: a string, a number, a list of strings or of numbers, or `prefix`, `suffix`,
 * `equals-ignore-case` or `wildcard` with a string or a list of strings.
 *
 * Any other leaf passes, of whatever type: `null` is anything but `"a"`. A field that is not there does not.
 * Source: EventBridge User Guide, "Comparison operators for use in event patterns", anything-but matching.
 *
 * @throws InvalidPatternError when the operand is anything else.
 */
export function compileAnythingBut(operand: unknown, path: string): LeafTest {
  const excluded = isObject(operand) ? excludedByOperator(operand, path) : excludedValues(operand, path);
  return (leaf) => !excluded.some((test) => test(leaf));
}

function excludedValues(operand: unknown, path: string): readonly LeafTest[] {
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  const strings = values.filter((value) => typeof value === 'string');
  const numbers = values.filter((value) => typeof value === 'number');
  const ofOneType = strings.length === 0 ? numbers : strings;
  if (values.length === 0 || ofOneType.length !== values.length) {
    const remedy = 'Write a string, a number, or a list of only strings or only numbers.';
    throw new InvalidPatternError(path, operand, 'cannot be excluded', remedy);
  }
  return ofOneType.map(compileExact);
}

function excludedByOperator(operand: JsonObject, path: string): readonly LeafTest[] {
  const [operator, ...others] = Object.keys(operand);
  if (operator === undefined || others.length > 0) throw cannotExclude(operand, path);

  const inside = `${path}.${operator}`;
  switch (operator) {
    case 'prefix':
      return notEmpty(operand[operator], inside).map((text) => compileAffix(beginsWith, text, inside));
    case 'suffix':
      return notEmpty(operand[operator], inside).map((text) => compileAffix(endsWith, text, inside));
    case 'equals-ignore-case':
      return toStrings(operand[operator], inside).map((text) => compileEqualsIgnoreCase(text, inside));
    case 'wildcard':
      return toStrings(operand[operator], inside).map((text) => compileWildcard(text, inside));
    default:
      throw cannotExclude(operand, path);
  }
}

function toStrings(operand: unknown, path: string): readonly string[] {
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  const strings = values.filter((value) => typeof value === 'string');
  if (strings.length > 0 && strings.length === values.length) return strings;
  throw new InvalidPatternError(path, operand, 'is not text', 'Write a string, or a list of strings.');
}

function notEmpty(operand: unknown, path: string): readonly string[] {
  const strings = toStrings(operand, path);
  if (!strings.includes('')) return strings;
  throw new InvalidPatternError(path, operand, 'would exclude every string', 'Leave the empty string out.');
}

function cannotExclude(operand: unknown, path: string): InvalidPatternError {
  const remedy = 'Write exactly one of prefix, suffix, equals-ignore-case and wildcard.';
  return new InvalidPatternError(path, operand, 'is nothing that "anything-but" can exclude', remedy);
}
