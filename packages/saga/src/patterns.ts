import { type EventPattern, type EventSchemas, InvalidArgumentError } from '@everfold/core';
import { patternOf } from '@everfold/eventbridge';
import type { Saga } from './saga.js';
import { ownNegatives } from './step.js';
import { TIMER_DETAIL_TYPE } from './timers/timers.js';
import { definitionsOf } from './versions.js';

/**
 * The pattern of the rule that calls a step's handler: its trigger, whatever it is undone upon, its timers, and the
 * answers of the service that runs it under a contract. For all versions of the saga.
 *
 * @param source - The source under which the service publishes.
 * @throws InvalidArgumentError when the saga has no such step.
 */
export function stepPattern<TSteps>(
  saga: Saga<EventSchemas, TSteps>,
  name: keyof TSteps & string,
  source: string,
): EventPattern {
  const steps = definitionsOf(saga).flatMap((definition) => definition.steps.filter((step) => step.name === name));
  if (steps.length === 0) throw new InvalidArgumentError(`Saga "${saga.name}" has no step "${name}".`);
  const types = steps.flatMap(({ on, undoneOn }) => [...on, ...undoneOn]);
  const timers = {
    source: [source],
    'detail-type': [TIMER_DETAIL_TYPE],
    detail: { saga: [saga.name], step: [name] },
  };
  const answers = steps.flatMap((step) =>
    step.contract ? [patternOf({ source: step.contract.source, types: some([step.ok, ...ownNegatives(step)]) })] : [],
  );
  return { $or: [patternOf({ source, types: some(types) }), timers, ...answers] };
}

/** The pattern of the rule that calls the end handler: success, and the failures and compensations of the root steps. */
export function endPattern<TSteps>(saga: Saga<EventSchemas, TSteps>, source: string): EventPattern {
  const types = definitionsOf(saga).flatMap(({ end: { done, cancelled } }) => [...done.on, ...cancelled.on]);
  return patternOf({ source, types: some(types) });
}

/** Each of them once. */
function some(types: readonly string[]): [string, ...string[]] {
  const [first = '', ...rest] = new Set(types);
  return [first, ...rest];
}
