import type { EventPattern } from '@everfold/core';
import { toAlternatives } from './alternatives.js';
import type { Condition } from './condition.js';
import { type EventField, type EventFields, listFields, onlyFields, type Seat, shareSeat } from './event-fields.js';
import { InvalidPatternError } from './invalid-pattern-error.js';

/** The longest pattern that the `PutRule` API takes, in characters of JSON. A new account's quota is half of it. */
const LONGEST_PATTERN = 4096;

/** Says whether an event matches the pattern that this was compiled from. */
export type PatternMatcher = (event: object) => boolean;

/** A condition, and the fields of one event that satisfy it. */
interface Candidates {
  readonly condition: Condition;
  /** Every field of that name. */
  readonly present: readonly EventField[];
  readonly satisfying: readonly EventField[];
}

/**
 * Compiles an event pattern into a matcher that decides as Amazon EventBridge does.
 *
 * Fields of a pattern are an "and", values of a list an "or"; a field that is an array matches by any of its elements, and two fields of
 * an array's objects only together in one element.
 * Source: EventBridge User Guide, "Creating Amazon EventBridge event patterns"; aws/event-ruler, README.
 *
 * @param at - Where the pattern stands, such as `rules.reserve`: the first part of an error's path. Default nothing.
 * @throws InvalidPatternError when EventBridge would refuse the pattern.
 *
 * @example
 * ```ts
 * const matches = compilePattern({ source: ['shop'], detail: { amount: [{ numeric: ['>', 100] }] } });
 * matches({ source: 'shop', detail: { amount: 250 } }); // true
 * ```
 */
export function compilePattern(pattern: EventPattern, at = ''): PatternMatcher {
  const alternatives = toAlternatives(pattern, at);
  const { length } = JSON.stringify(pattern);
  if (length > LONGEST_PATTERN) {
    throw new InvalidPatternError(
      at,
      length,
      `characters are more than the ${LONGEST_PATTERN} of a pattern`,
      'Split the rule into several.',
    );
  }
  const isWanted = onlyFields(alternatives.flatMap((conditions) => conditions.map(({ field }) => field)));
  return (event) => {
    const fields = listFields(event, isWanted);
    return alternatives.some((conditions) => holdTogether(conditions, fields));
  };
}

function holdTogether(conditions: readonly Condition[], fields: EventFields): boolean {
  const candidates = conditions.map((condition): Candidates => {
    const present = fields.get(condition.field) ?? [];
    return { condition, present, satisfying: present.filter(({ leaf }) => condition.tests.some((test) => test(leaf))) };
  });
  // What no field can satisfy at all needs no search through the seats.
  if (candidates.some(({ condition, satisfying }) => satisfying.length === 0 && !condition.allowsAbsence)) return false;
  return canSeat(candidates, 0, new Map());
}

/** Whether the conditions from `index` on can be satisfied by fields that share a seat with those chosen before. */
function canSeat(candidates: readonly Candidates[], index: number, seat: Seat): boolean {
  const next = candidates[index];
  if (!next) return true;
  const isAbsent =
    next.condition.allowsAbsence && next.present.every((field) => shareSeat(seat, field.seat) === undefined);
  if (isAbsent && canSeat(candidates, index + 1, seat)) return true;
  return next.satisfying.some((field) => {
    const shared = shareSeat(seat, field.seat);
    return shared !== undefined && canSeat(candidates, index + 1, shared);
  });
}
