import { type EventPattern, type EventSchemas, InvalidArgumentError } from '@everfold/core';
import { patternOf } from '@everfold/eventbridge';
import type { Saga } from './saga.js';

/**
 * The pattern of the rule that calls a step's handler: its trigger, and whatever it is undone upon.
 *
 * @param source - The source under which the service publishes.
 * @throws InvalidArgumentError when the saga has no such step.
 */
export function stepPattern<TSteps>(
  saga: Saga<EventSchemas, TSteps>,
  name: keyof TSteps & string,
  source: string,
): EventPattern {
  const step = saga.steps.find((candidate) => candidate.name === name);
  if (step === undefined) throw new InvalidArgumentError(`Saga "${saga.name}" has no step "${name}".`);
  return patternOf({ source, types: [step.on, ...step.undoneOn] });
}

/** The pattern of the rule that calls the end handler: success, and the failures and compensations of the root steps. */
export function endPattern<TSteps>(saga: Saga<EventSchemas, TSteps>, source: string): EventPattern {
  return patternOf({ source, types: [saga.end.done.on, ...saga.end.cancelled.on] });
}
