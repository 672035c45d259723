import { isEverfoldError, type NewEvent } from '@everfold/core';
import { checkOutcome } from '../context.js';
import type { Work } from '../ledger.js';
import type { AnyOutcome } from '../step.js';
import { type AtWork, record } from './at-work.js';

/** One of a step's functions threw, or returned what cannot be recorded. */
export class WorkFailed extends Error {
  readonly work: Work;

  constructor(work: Work, cause: unknown) {
    super(`"${work}" failed`, { cause });
    this.work = work;
  }
}

/**
 * Has one of the step's functions act, and records what it returns, together with its decisions.
 *
 * @param allowed - Types of what it may return.
 * @throws WorkFailed when it throws, or returns what it may not or JSON cannot carry.
 * @throws ConflictError when somebody else was first: that is no failure, and is decided anew at once.
 */
export async function attempt(
  at: AtWork,
  work: Work,
  allowed: readonly string[],
  act: () => Promise<AnyOutcome> | AnyOutcome,
): Promise<void> {
  let outcome: AnyOutcome;
  let event: NewEvent;
  try {
    outcome = await act();
    event = await checkOutcome(at.saga, at.step.name, outcome, allowed, at.key);
  } catch (error) {
    throw isEverfoldError(error, 'CONFLICT') ? error : new WorkFailed(work, error);
  }
  try {
    await record(at, event, outcome.decisions);
  } catch (error) {
    throw isEverfoldError(error, 'INVALID_EVENT') ? new WorkFailed(work, error) : error;
  }
}
