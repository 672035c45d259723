import { type Condition, compileCondition, isOperator } from './condition.js';
import { InvalidPatternError } from './invalid-pattern-error.js';
import { isObject } from './leaf.js';

/** Conditions by field, all of which have to hold. */
type Alternative = ReadonlyMap<string, Condition>;

/** EventBridge refuses a pattern whose `$or`s multiply to more. */
const MOST_ALTERNATIVES = 1000;

/** Where the walk through a pattern is. */
interface Place {
  /** The way within the pattern, with its `$or`s. */
  readonly path: string;
  /** The field of the event that this is about. */
  readonly field: string;
  readonly insideOr: boolean;
}

/**
 * Takes a pattern apart into lists of conditions: an event matches when all conditions of any list hold.
 * Each list is in the order of its fields' names, because `exists: false` looks at what the fields before it have settled on.
 *
 * @param at - Where the pattern stands: the first part of an error's path.
 * @throws InvalidPatternError when the pattern is not one that EventBridge takes.
 */
export function toAlternatives(pattern: unknown, at: string): readonly (readonly Condition[])[] {
  const whole: Place = { path: at, field: '', insideOr: false };
  const alternatives = addObject([new Map()], pattern, whole);
  return alternatives.map((conditions) => [...conditions.values()].sort((a, b) => (a.field < b.field ? -1 : 1)));
}

function addObject(alternatives: readonly Alternative[], node: unknown, place: Place): readonly Alternative[] {
  if (!isObject(node) || Object.keys(node).length === 0) {
    throw new InvalidPatternError(
      place.path,
      node,
      'is not an object with fields',
      'Name at least one field of the event in it.',
    );
  }
  return Object.entries(node).reduce((soFar, [name, value]) => addField(soFar, name, value, place), alternatives);
}

function addField(
  alternatives: readonly Alternative[],
  name: string,
  value: unknown,
  parent: Place,
): readonly Alternative[] {
  if (name === '$or') return addOr(alternatives, value, parent);

  const place: Place = { path: join(parent.path, name), field: join(parent.field, name), insideOr: parent.insideOr };
  if (place.insideOr && isOperator(name)) {
    throw new InvalidPatternError(
      place.path,
      name,
      'is an operator where a field is expected',
      'Inside $or, name the field first: {"$or": [{"amount": [{"numeric": […]}]}, …]}.',
    );
  }
  if (isObject(value)) return addObject(alternatives, value, place);
  if (Array.isArray(value)) return alternatives.map((conditions) => addCondition(conditions, value, place));
  throw new InvalidPatternError(
    place.path,
    value,
    'is neither a list nor an object',
    `Put it into a list: [${JSON.stringify(value)}].`,
  );
}

function addOr(alternatives: readonly Alternative[], branches: unknown, parent: Place): readonly Alternative[] {
  const path = join(parent.path, '$or');
  if (!Array.isArray(branches) || branches.length < 2) {
    throw new InvalidPatternError(path, branches, 'is not a choice', 'Write $or as a list of at least two objects.');
  }
  const combined = branches.flatMap((branch, index) =>
    addObject(alternatives, branch, { path: `${path}.${index}`, field: parent.field, insideOr: true }),
  );
  if (combined.length <= MOST_ALTERNATIVES) return combined;
  const reason = `combinations are more than the ${MOST_ALTERNATIVES} that a pattern may have`;
  throw new InvalidPatternError(path, combined.length, reason, 'Split the rule into several.');
}

function addCondition(conditions: Alternative, values: readonly unknown[], { path, field }: Place): Alternative {
  if (conditions.has(field)) {
    throw new InvalidPatternError(
      path,
      values,
      `asks for "${field}" a second time`,
      'Ask for a field once: put every value that it may have into one list.',
    );
  }
  return new Map(conditions).set(field, compileCondition(field, values, path));
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
