import { type EventPattern, InvalidArgumentError } from '@everfold/core';
import type { LambdaHandler } from '../lambda-context.js';
import type { BusEvent } from './bus-event.js';
import { compilePattern, type PatternMatcher } from './pattern/compile-pattern.js';

/** Which events a function gets. */
export interface BusRule {
  /** The function's name, unique on its bus. */
  readonly name: string;
  /** None for a rule that runs on a schedule: no event matches that one. */
  readonly pattern?: EventPattern;
  readonly handler: LambdaHandler<BusEvent>;
  /** How often a failed event is tried again before it goes to the dead letters. Default 10. */
  readonly retries?: number;
}

export interface CompiledRule {
  readonly name: string;
  readonly matches: PatternMatcher;
  readonly handler: LambdaHandler<BusEvent>;
  readonly retries: number;
}

const DEFAULT_RETRIES = 10;

/**
 * Checks the rules of a bus, and compiles their patterns.
 *
 * @throws InvalidPatternError when EventBridge would refuse a pattern.
 * @throws InvalidArgumentError when two rules share a name, or a number of retries is none.
 */
export function compileRules(rules: readonly BusRule[]): readonly CompiledRule[] {
  const names = new Set<string>();
  return rules.map(({ name, pattern, handler, retries = DEFAULT_RETRIES }) => {
    if (names.has(name)) throw new InvalidArgumentError(`Two rules are named "${name}". Rename one of them.`);
    names.add(name);
    if (!Number.isInteger(retries) || retries < 0) {
      throw new InvalidArgumentError(`Rule "${name}" has ${retries} retries. Give it a whole number, 0 or more.`);
    }
    const matches = pattern === undefined ? () => false : compilePattern(pattern, `rules.${name}`);
    return { name, matches, handler, retries };
  });
}
