import type { EventSchemas, LeavesOut } from '@everfold/core';
import { needsGivingUp, needsJoins, needsStarts, needsUndo, needsWaits, needsWork } from './needs.js';
import type { AnySaga, Saga } from './saga.js';
import { definitionsOf, versionsNamed } from './versions.js';

/*
 * What the bundle of a function does without. Each name is that of a constant: where a bundler defines it as true, the part is not in the
 * bundle, and whoever needs it throws LeftOutError. Nobody sets them as variables, so outside of a bundle every part is there.
 */

/**
 * What the bundle of a step's handler does without, in all versions of the saga: for `leavesOut` of its function. A function that has
 * several handlers may do without what all of them do without.
 *
 * @throws InvalidArgumentError when the saga has no such step.
 *
 * @example
 * ```ts
 * const functions = defineFunctions([
 *   {
 *     name: 'charge-payment',
 *     entry: new URL('./charge-payment.js', import.meta.url),
 *     trigger: { kind: 'bus', pattern: stepPattern(fulfilmentV1, 'charge', 'shop.orders') },
 *     leavesOut: stepLeavesOut(fulfilmentV1, 'charge'),
 *   },
 * ]);
 * ```
 */
export function stepLeavesOut<TSteps>(saga: Saga<EventSchemas, TSteps>, name: keyof TSteps & string): LeavesOut {
  const versions = versionsNamed(saga, name);
  return {
    ...sagaLeavesOut(saga),
    EVERFOLD_WITHOUT_GIVING_UP: !versions.some(needsGivingUp),
    EVERFOLD_WITHOUT_JOINS: !versions.some(needsJoins),
    EVERFOLD_WITHOUT_STARTS: !versions.some(needsStarts),
    EVERFOLD_WITHOUT_UNDO: !versions.some(needsUndo),
    EVERFOLD_WITHOUT_WAITS: !versions.some(needsWaits),
    EVERFOLD_WITHOUT_WORK: !versions.some(needsWork),
  };
}

/** What the bundle of the end handler does without, in all versions of the saga. */
export function endLeavesOut(saga: AnySaga): LeavesOut {
  const hasJoins = definitionsOf(saga).some(({ end }) => end.done.on.length > 1);
  return { ...sagaLeavesOut(saga), EVERFOLD_WITHOUT_JOINS: !hasJoins };
}

/** What every bundle does without that has the saga, whatever it does with it: its tracker, its sweeper, a recorder of facts. */
export function sagaLeavesOut(saga: AnySaga): LeavesOut {
  const hasContracts = definitionsOf(saga).some(({ steps }) => steps.some(({ work }) => work === 'contract'));
  return { EVERFOLD_WITHOUT_CONTRACTS: !hasContracts, EVERFOLD_WITHOUT_EARLIER: saga.earlier === undefined };
}
