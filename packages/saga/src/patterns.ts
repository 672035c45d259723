import { type EventPattern, type EventSchemas, InvalidArgumentError } from '@everfold/core';
import { patternOf } from '@everfold/eventbridge';
import type { Saga } from './saga.js';
import { answersOf } from './step.js';
import { TIMER_DETAIL_TYPE } from './timers/timers.js';
import { definitionsOf, versionsNamed } from './versions.js';

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
  const steps = versionsNamed(saga, name).map(({ step }) => step);
  const types = steps.flatMap(({ on, undoneOn }) => [...on, ...undoneOn]);
  const timers = {
    source: [source],
    'detail-type': [TIMER_DETAIL_TYPE],
    detail: { saga: [saga.name], step: [name] },
  };
  const answers = steps.flatMap((step) =>
    step.contract ? [patternOf({ source: step.contract.source, types: some(answersOf(step)) })] : [],
  );
  return { $or: [patternOf({ source, types: some(types) }), timers, ...answers] };
}

/**
 * The pattern of what a service has to listen to that runs a step under a contract: its trigger, and the event that asks it to
 * take its work back. For all versions of the saga.
 *
 * It hears of nothing else: whether a cancellation comes in time is known here only.
 *
 * @param source - The source under which the saga's events are published.
 * @throws InvalidArgumentError when the saga has no such step, or runs it itself.
 *
 * @example
 * ```ts
 * const EventPattern = contractPattern(fulfilmentV2, 'charge', 'shop.orders');
 * ```
 */
export function contractPattern<TSteps>(
  saga: Saga<EventSchemas, TSteps>,
  name: keyof TSteps & string,
  source: string,
): EventPattern {
  const contracted = versionsNamed(saga, name).flatMap(({ step }) => (step.work === 'contract' ? [step] : []));
  if (contracted.length === 0)
    throw new InvalidArgumentError(`Step "${name}" of saga "${saga.name}" is run here, under no contract.`);
  const types = contracted.flatMap(({ on, undo }) => [...on, ...(undo?.ask === undefined ? [] : [undo.ask])]);
  return patternOf({ source, types: some(types) });
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
