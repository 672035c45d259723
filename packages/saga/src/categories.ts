import type { EventSchemas } from '@everfold/core';
import { triggeredBy } from './derive.js';
import type { AnySaga, Saga } from './saga.js';
import { definitionsOf, versionsNamed } from './versions.js';

/**
 * Categories of the streams to which a step's handler appends for the saga: its ledger, and the ledgers of those that it bars
 * when it is undone before they began. For all versions of the saga. What the step's functions decide on comes to that.
 *
 * @throws InvalidArgumentError when the saga has no such step.
 *
 * @example
 * ```ts
 * const touches = { events: { read: true, write: stepCategories(fulfilmentV1, 'charge') }, timers: 'set' };
 * ```
 */
export function stepCategories<TSteps>(saga: Saga<EventSchemas, TSteps>, name: keyof TSteps & string): string[] {
  const categories = versionsNamed(saga, name).flatMap(({ saga: definition, step: { ledger, undo, ok } }) => [
    ledger,
    ...(undo ? barredFrom(definition, ok) : []),
  ]);
  return [...new Set(categories)];
}

/** Categories of the streams to which the end handler appends: the terminal events, and the ledgers of those that it bars. */
export function endCategories<TSteps>(saga: Saga<EventSchemas, TSteps>): string[] {
  const categories = definitionsOf(saga).flatMap((definition) => [
    definition.end.ledger,
    ...barredFrom(definition, definition.start),
  ]);
  return [...new Set(categories)];
}

/** The ledgers of the steps that an event sets off, and of those behind the ones that only wait: as `isAllTakenBack` asks them. */
function barredFrom(saga: AnySaga, type: string): string[] {
  return triggeredBy(type, saga.steps).flatMap((step) => {
    if (step.work === 'contract') return [];
    return step.kind === 'wait' ? [step.ledger, ...barredFrom(saga, step.ok)] : [step.ledger];
  });
}
