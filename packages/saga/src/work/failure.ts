import type { NewEvent, RecordedEvent } from '@everfold/core';
import { noteOf } from '../error-note.js';
import { ATTEMPTED, failedSoFar, type LedgerStatus, PARKED, type Work } from '../ledger.js';
import { afterFailure } from '../reaction.js';
import { pauseMs } from '../retry-policy.js';
import { type AtWork, encoded, enter, isoIn, reloaded, remind, startEntry } from './at-work.js';
import { WorkFailed } from './attempt.js';
import { fenceOf, giveUp } from './give-up.js';

declare const EVERFOLD_WITHOUT_GIVING_UP: true | undefined;
declare const EVERFOLD_WITHOUT_UNDO: true | undefined;

/** Records that an attempt failed, and what follows on it. @param before - What is recorded before it. */
export async function afterAttempt(
  at: AtWork,
  { work, cause: thrown }: WorkFailed,
  before: readonly NewEvent[] = [],
): Promise<void> {
  const { step, ledger } = at;
  if (before.length === 0 && !STATUS_AT[work].includes(ledger.status)) return;
  const failed = failedSoFar(ledger, work) + 1;
  const isUndo = typeof EVERFOLD_WITHOUT_UNDO === 'undefined' && work === 'undo';
  const noted = { work, error: noteOf(thrown), ...(isUndo && { cause: causeOf(at) }) };
  // A step that acts in the store has no start yet to say what it is tried again on.
  const first = ledger.status === 'empty' ? [startEntry(at)] : before;
  const then = afterFailure(step, ledger, failed);
  if (then === 'again') {
    const next = isoIn(at, pauseMs(step.retry, failed));
    await enter(at, ...first, { type: ATTEMPTED, data: { ...noted, next } });
    return remind(at, next);
  }
  if (typeof EVERFOLD_WITHOUT_GIVING_UP === 'undefined' && then === 'fence') return exhausted(at);
  const reason = `${NAMES[work]} failed ${failed} time${failed === 1 ? '' : 's'}: ${noted.error.message}`;
  await enter(at, ...first, { type: PARKED, data: { ...noted, reason } });
}

/** Gives the step up: whether the work was done is not known. */
async function exhausted(at: AtWork): Promise<void> {
  try {
    await giveUp(at, 'exhausted', fenceOf(at, 'exhausted'));
  } catch (error) {
    if (!(error instanceof WorkFailed)) throw error;
    await afterAttempt(await reloaded(at), error);
  }
}

/** Why it is undone: the next attempt acts upon it as well. */
function causeOf(at: AtWork): RecordedEvent {
  return at.ledger.attempts?.cause ?? encoded(at, at.cause);
}

const NAMES: Readonly<Record<Work, string>> = { run: 'the step', undo: 'its undo', fail: 'giving it up' };

/** The status in which each work is done: in another one, somebody else has settled it. */
const STATUS_AT: Readonly<Record<Work, readonly LedgerStatus[]>> = {
  run: ['empty', 'started'],
  undo: ['ok'],
  fail: ['fenced'],
};
