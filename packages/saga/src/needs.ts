import { leftOut } from './left-out.js';
import type { StepVersion } from './versions.js';

/* What a step may need that not every step does: `stepLeavesOut` derives from it what its bundle does without. */

declare const EVERFOLD_WITHOUT_GIVING_UP: true | undefined;
declare const EVERFOLD_WITHOUT_STARTS: true | undefined;
declare const EVERFOLD_WITHOUT_UNDO: true | undefined;
declare const EVERFOLD_WITHOUT_WAITS: true | undefined;
declare const EVERFOLD_WITHOUT_WORK: true | undefined;

export function needsGivingUp({ step: { deadline } }: StepVersion): boolean {
  return deadline?.fail !== undefined;
}

export function needsJoins({ step: { on } }: StepVersion): boolean {
  return on.length > 1;
}

export function needsStarts({ saga, step: { on } }: StepVersion): boolean {
  return on.includes(saga.start);
}

export function needsUndo({ step: { undo } }: StepVersion): boolean {
  return undo?.run !== undefined;
}

export function needsWork({ step: { work } }: StepVersion): boolean {
  return work === 'run';
}

export function needsWaits({ step: { work } }: StepVersion): boolean {
  return work !== 'run';
}

/**
 * Refuses a step that needs what was left out of the bundle: so whoever works on it need not ask. Several triggers are looked at where
 * they are gathered, which the end does too; contracts and earlier versions where the saga is defined.
 *
 * @throws LeftOutError
 */
export function checkNeeds(version: StepVersion): void {
  if (typeof EVERFOLD_WITHOUT_GIVING_UP !== 'undefined' && needsGivingUp(version)) leftOut('giving a step up');
  if (typeof EVERFOLD_WITHOUT_STARTS !== 'undefined' && needsStarts(version)) leftOut('the start of a saga');
  if (typeof EVERFOLD_WITHOUT_UNDO !== 'undefined' && needsUndo(version)) leftOut('undoing a step');
  if (typeof EVERFOLD_WITHOUT_WAITS !== 'undefined' && needsWaits(version)) leftOut('waiting');
  if (typeof EVERFOLD_WITHOUT_WORK !== 'undefined' && needsWork(version)) leftOut('running a step');
}
