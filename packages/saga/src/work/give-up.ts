import type { NewEvent } from '@everfold/core';
import { FENCED } from '../ledger.js';
import type { FailReason } from '../types.js';
import { type AtWork, enter, inputOf } from './at-work.js';
import { attempt } from './attempt.js';

/**
 * Gives the step up: has it make sure that nothing of it was done and never will be, and name its failure.
 *
 * @param behind - The fence, where it is not recorded yet: behind it, no attempt of the step can be recorded any more.
 */
export async function giveUp(at: AtWork, why: FailReason, behind?: NewEvent): Promise<void> {
  const { fails, deadline: { fail } = {} } = at.step;
  const fenced = behind ? await enter(at, behind) : at;
  if (fail === undefined) return;
  const input = await inputOf(fenced);
  await attempt(fenced, 'fail', fails, () => fail({ ...input, why }, at.services));
}

export function fenceOf({ cause }: AtWork, why: FailReason): NewEvent {
  return { type: FENCED, data: { why, cause: cause.id } };
}
