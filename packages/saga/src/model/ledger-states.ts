import type { RecordedEvent } from '@everfold/core';
import {
  ATTEMPTED,
  FENCED,
  type Ledger,
  PARKED,
  RESUMED,
  STARTED,
  TOMBSTONED,
  transition,
  type Work,
} from '../ledger.js';
import { type Reaction, react, type Stimulus } from '../reaction.js';
import type { SagaStep } from '../step.js';

/* Ledgers as the model has them: what `transition` makes of them, without what no decision depends on. */

/** An entry of a ledger, as short as it can be said. */
export interface Entry {
  readonly type: string;
  readonly work?: Work;
  /** Type of the event because of which the step is undone. */
  readonly cause?: string;
}

/*
 * Time is abstract: a pause or a deadline may be over at any moment. So each reaction is asked for before both, after the pause,
 * and after both.
 */
const MOMENTS = [0, 2_000, 4_000];
const PAUSE_OVER = '1970-01-01T00:00:01.000Z';
const DEADLINE = '1970-01-01T00:00:03.000Z';

/** All that a step may do about something, whatever the time is. */
export function reactionsOf(step: SagaStep, ledger: Ledger, stimulus: Stimulus): readonly Reaction[] {
  const reactions = new Map<string, Reaction>();
  for (const nowMs of MOMENTS) {
    const reaction = react(step, ledger, stimulus, nowMs);
    reactions.set(reaction.do, reaction);
  }
  return [...reactions.values()];
}

/** The ledger after some entries, or `undefined` when one of them cannot follow. */
export function afterEntries(step: SagaStep, ledger: Ledger, entries: readonly Entry[]): Ledger | undefined {
  let after: Ledger | undefined = ledger;
  for (const entry of entries) after = after && transition(step, after, recorded(step, entry));
  return after && reduced(after);
}

function recorded(step: SagaStep, entry: Entry): RecordedEvent {
  return { ...eventOf(entry.type), data: dataOf(step, entry) };
}

function dataOf({ on: [trigger = ''], deadline }: SagaStep, { type, work, cause }: Entry): unknown {
  const because = cause === undefined ? {} : { cause: eventOf(cause) };
  switch (type) {
    case STARTED:
      return { trigger: eventOf(trigger), ...(deadline ? { deadline: DEADLINE } : {}) };
    case ATTEMPTED:
      return { work, error: ERROR, next: PAUSE_OVER, ...because };
    case PARKED:
      return { work, reason: '', error: ERROR, ...because };
    case FENCED:
      return { why: 'compensation', cause: '' };
    case TOMBSTONED:
      return { cause: '' };
    case RESUMED:
      return { by: '', reason: '' };
    default:
      return {};
  }
}

const ERROR = { name: '', message: '' };

/** An event of which only its type matters. */
export function eventOf(type: string): RecordedEvent {
  const metadata = { correlationId: '', causationId: '' };
  return { type, data: {}, id: '', stream: '', version: 0, at: '', metadata };
}

/** Once a step is settled, nothing depends on how it was started. */
function reduced({ started, ...ledger }: Ledger): Ledger {
  const isAtWork = ledger.status === 'started' || ledger.status === 'fenced';
  return { ...ledger, ...(isAtWork && started ? { started } : {}) };
}

/** Tells one ledger from another. */
export function ledgerKey({ status, outcome, failure, attempts, parked, started, fenced, asked }: Ledger): string {
  const tried = attempts ? `${attempts.work} ${attempts.failed} ${attempts.cause?.type ?? ''}` : '';
  const stopped = parked ? `${parked.work} ${parked.cause?.type ?? ''}` : '';
  return `${status},${[started, outcome, fenced, asked].map((each) => each !== undefined)},${failure ?? ''},${tried},${stopped}`;
}
