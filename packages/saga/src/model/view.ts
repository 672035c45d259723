import { producerOf, triggeredBy } from '../derive.js';
import { isBarrable, isTakenBack } from '../ledger.js';
import type { AnySaga } from '../saga.js';
import { ownNegatives, type SagaStep } from '../step.js';
import { handsThrough } from '../take-back.js';
import type { Ending } from './end-moves.js';
import type { Rules } from './guards.js';
import { type Local, UNTOUCHED } from './part.js';

/* What can be seen of a state from one of its steps: what was recorded elsewhere, and how those stand that follow. */

/** A state, taken apart. */
export interface View {
  readonly saga: AnySaga;
  readonly rules: Rules;
  /** One for each step. */
  readonly locals: readonly Local[];
  readonly ending: Ending;
  readonly isCancelled: boolean;
  /** Optional steps that wait in this run. */
  readonly waiting: ReadonlySet<SagaStep>;
}

export function localOf({ saga, locals }: View, step: SagaStep): Local {
  return locals[saga.steps.indexOf(step)] ?? UNTOUCHED;
}

/** Whether the step is part of this run. */
export function takesPart({ waiting }: View, step: SagaStep): boolean {
  return step.when === undefined || waiting.has(step);
}

/**
 * Those of some events that are waited for in this run, once all of them were recorded. A handler looks for the others in their
 * ledgers when one of them reaches it, and may have found them long before it goes on: so what was taken back since counts as well.
 */
export function gathered(view: View, types: readonly string[]): readonly string[] | undefined {
  const { steps, start } = view.saga;
  const awaited = types.filter((type) => {
    const producer = producerOf(type, steps);
    return producer === undefined || takesPart(view, producer);
  });
  const haveAllHappened = awaited.every((type) => {
    const producer = producerOf(type, steps);
    return producer === undefined ? type === start : localOf(view, producer).ledger.outcome !== undefined;
  });
  return haveAllHappened ? awaited : undefined;
}

/** Of failures, compensations and the cancellation, those that were recorded: of those that are alike, one. */
export function recordedOf(view: View, causes: ReadonlyMap<string, string>): readonly string[] {
  const found = new Map<string, string>();
  for (const [type, first] of causes) if (!found.has(first) && isRecorded(view, type)) found.set(first, type);
  return [...found.values()];
}

function isRecorded({ saga, locals, isCancelled }: View, type: string): boolean {
  if (type === saga.cancel) return isCancelled;
  return saga.steps.some(({ undo }, index) => {
    const ledger = locals[index]?.ledger;
    return ledger?.failure === type || (ledger?.status === 'undone' && undo?.ok === type);
  });
}

/** What was set off, and is to be taken back: the event, or only its type where `isAllTakenBack` has no more. */
export interface SetOff {
  readonly type: string;
  readonly isAtHand: boolean;
}

/** The steps that are asked before what set them off is taken back. */
export function asked(view: View, { type, isAtHand }: SetOff, cause: string): readonly SagaStep[] {
  return triggeredBy(type, view.saga.steps)
    .filter((step) => !ownNegatives(step).includes(cause))
    .filter((step) => !isAtHand || takesPart(view, step));
}

/** What `isAllTakenBack` comes upon first: a step that it bars, one that stands, or nothing. */
export function obstacleTo(view: View, on: SetOff, cause: string): SagaStep | 'stands' | undefined {
  for (const step of asked(view, on, cause)) {
    const obstacle = obstacleAt(view, step, cause);
    if (obstacle !== undefined) return obstacle;
  }
  return undefined;
}

export function obstacleAt(view: View, step: SagaStep, cause: string): SagaStep | 'stands' | undefined {
  const { ledger } = localOf(view, step);
  if (isBarrable(step, ledger)) return view.rules.has('tombstone') ? step : undefined;
  if (handsThrough(step, ledger))
    return obstacleTo(view, { type: step.ok, isAtHand: ledger.outcome !== undefined }, cause);
  return isTakenBack(ledger) ? undefined : 'stands';
}
