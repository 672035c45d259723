import type { NewEvent } from '@everfold/core';
import { FENCED } from '../ledger.js';
import type { FailReason } from '../types.js';
import { type AtWork, enter, inputOf } from './at-work.js';
import { attempt } from './attempt.js';

/** Gives the step up. Behind the fence, no attempt of it can be recorded any more. */
export async function fence(at: AtWork, why: FailReason): Promise<void> {
  return fail(await enter(at, fenceEntry(at, why)), why);
}

/** Has the step make sure that nothing of it was done and never will be, and name its failure. */
export async function fail(at: AtWork, why: FailReason): Promise<void> {
  const { fails, deadline: { fail: act } = {} } = at.step;
  if (act === undefined) return;
  const input = await inputOf(at);
  await attempt(at, 'fail', fails, () => act({ ...input, why }, at.services));
}

export function fenceEntry({ cause }: AtWork, why: FailReason): NewEvent {
  return { type: FENCED, data: { why, cause: cause.id } };
}
