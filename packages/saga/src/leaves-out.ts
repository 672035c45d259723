import type { EventSchemas, LeftOut } from '@everfold/core';
import type { AnySaga, Saga } from './saga.js';
import type { StepVersion } from './versions.js';
import { definitionsOf, versionsNamed } from './versions.js';

/*
 * What the bundle of a function does without. Each name is that of a constant: where a bundler defines it, the part is not in the bundle,
 * and what stands in its place throws LeftOutError. Nobody sets them as variables, so outside of a bundle every part is there.
 */

/** What a step may need, by what its bundle has without it. */
const STEP_NEEDS: Readonly<Record<LeftOut, (version: StepVersion) => boolean>> = {
  EVERFOLD_WITHOUT_GIVING_UP: ({ step }) => step.deadline?.fail !== undefined,
  EVERFOLD_WITHOUT_JOINS: ({ step }) => step.on.length > 1,
  EVERFOLD_WITHOUT_STARTS: ({ saga, step }) => step.on.includes(saga.start),
  EVERFOLD_WITHOUT_UNDO: ({ step }) => step.undo?.run !== undefined,
};

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
export function stepLeavesOut<TSteps>(
  saga: Saga<EventSchemas, TSteps>,
  name: keyof TSteps & string,
): readonly LeftOut[] {
  const versions = versionsNamed(saga, name);
  const names = Object.keys(STEP_NEEDS) as LeftOut[];
  return [...sagaLeavesOut(saga), ...names.filter((each) => !versions.some((version) => STEP_NEEDS[each]?.(version)))];
}

/** What the bundle of the end handler does without, in all versions of the saga. */
export function endLeavesOut(saga: AnySaga): readonly LeftOut[] {
  const hasJoins = definitionsOf(saga).some(({ end }) => end.done.on.length > 1);
  return [...sagaLeavesOut(saga), ...unless(hasJoins, 'EVERFOLD_WITHOUT_JOINS')];
}

/** What every bundle does without that has the saga, whatever it does with it: its tracker, its sweeper, a recorder of facts. */
export function sagaLeavesOut(saga: AnySaga): readonly LeftOut[] {
  const hasContracts = definitionsOf(saga).some(({ steps }) => steps.some(({ work }) => work === 'contract'));
  return [
    ...unless(hasContracts, 'EVERFOLD_WITHOUT_CONTRACTS'),
    ...unless(saga.earlier !== undefined, 'EVERFOLD_WITHOUT_EARLIER'),
  ];
}

function unless(isNeeded: boolean, name: LeftOut): readonly LeftOut[] {
  return isNeeded ? [] : [name];
}
