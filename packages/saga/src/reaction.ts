import { isAskable, isBarrable, type Ledger } from './ledger.js';
import type { SagaStep } from './step.js';
import type { FailReason } from './types.js';

/* What a step does about what reaches it: a pure function of its ledger. The handlers carry it out, and the model is checked on it. */

/**
 * What reaches a step.
 * `trigger`: what triggers it has happened. `compensation`: something upon which it is undone. `timer`: a timer came back.
 */
export type Stimulus = 'trigger' | 'compensation' | 'timer';

/** What the step does about it. */
export type Reaction =
  | { readonly do: 'nothing' }
  /** Record the start, then run. */
  | { readonly do: 'start' }
  /** Run, under the same idempotency key as before. */
  | { readonly do: 'run' }
  /** Record that it waits, and set a timer for its deadline. */
  | { readonly do: 'wait' }
  /** Set the timer again: it is not yet time. */
  | { readonly do: 'remind'; readonly at: string }
  /** Bar the step: it never began, and never will. */
  | { readonly do: 'tombstone' }
  /** Record the fence, behind which no outcome but a failure is recorded; then fail. */
  | { readonly do: 'fence'; readonly why: FailReason }
  /** Make sure at the provider that nothing was done and never will be; then record the failure. */
  | { readonly do: 'fail'; readonly why: FailReason }
  /** Take back what was done, once nothing that hangs on it stands. */
  | { readonly do: 'undo' }
  /** Ask the service that runs the step to take back its work, once nothing that hangs on it stands. */
  | { readonly do: 'ask' }
  /** Wait for somebody to look into it. */
  | { readonly do: 'park'; readonly reason: string };

const NOTHING: Reaction = { do: 'nothing' };

declare const EVERFOLD_WITHOUT_CONTRACTS: true | undefined;
declare const EVERFOLD_WITHOUT_GIVING_UP: true | undefined;
declare const EVERFOLD_WITHOUT_UNDO: true | undefined;
declare const EVERFOLD_WITHOUT_WAITS: true | undefined;
declare const EVERFOLD_WITHOUT_WORK: true | undefined;

/** @param nowMs - Milliseconds since 1970. */
export function react(step: SagaStep, ledger: Ledger, stimulus: Stimulus, nowMs: number): Reaction {
  if (typeof EVERFOLD_WITHOUT_CONTRACTS === 'undefined' && step.work === 'contract')
    return reactOfContract(step, ledger, stimulus, nowMs);
  // It waits for somebody; but where nothing of it is under way, it need not be gone on with when it is not wanted any more.
  if (ledger.parked !== undefined)
    return stimulus === 'compensation' && isBarrable(step, ledger) ? { do: 'tombstone' } : NOTHING;
  switch (ledger.status) {
    case 'empty':
      return reactUnbegun(step, stimulus);
    case 'started':
      if (typeof EVERFOLD_WITHOUT_WAITS === 'undefined' && step.work === 'wait')
        return reactWaiting(ledger, stimulus, nowMs);
      return typeof EVERFOLD_WITHOUT_WORK === 'undefined' ? reactStarted(step, ledger, stimulus, nowMs) : NOTHING;
    case 'fenced':
      return typeof EVERFOLD_WITHOUT_GIVING_UP === 'undefined' ? reactFenced(ledger, nowMs) : NOTHING;
    case 'ok':
      return typeof EVERFOLD_WITHOUT_UNDO === 'undefined' ? reactDone(step, ledger, stimulus, nowMs) : NOTHING;
    default:
      return NOTHING;
  }
}

/**
 * Another service runs the step. It is not bound by what stands here, and may have heard of the trigger first: so it is asked to take
 * its work back, whatever we wait for, and answers.
 */
function reactOfContract({ undo, deadline }: SagaStep, ledger: Ledger, stimulus: Stimulus, nowMs: number): Reaction {
  const { status, parked } = ledger;
  if (status === 'fenced' && parked === undefined) return reactFenced(ledger, nowMs);
  if (stimulus === 'compensation') return undo?.ask !== undefined && isAskable(ledger) ? { do: 'ask' } : NOTHING;
  if (parked !== undefined) return NOTHING;
  if (status === 'empty') return stimulus === 'trigger' ? { do: 'wait' } : NOTHING;
  if (status !== 'started') return NOTHING;
  if (!isOver(ledger, nowMs)) return waitOn(ledger);
  return deadline?.fail
    ? { do: 'fence', why: 'timeout' }
    : { do: 'park', reason: 'no answer came before its deadline' };
}

function reactUnbegun({ work, effect }: SagaStep, stimulus: Stimulus): Reaction {
  if (stimulus === 'compensation') return { do: 'tombstone' };
  // What a timer came for is gone, or was never there.
  if (stimulus === 'timer') return NOTHING;
  if (typeof EVERFOLD_WITHOUT_WAITS === 'undefined' && work !== 'run') return { do: 'wait' };
  return effect === 'store' ? { do: 'run' } : { do: 'start' };
}

function reactStarted({ effect, deadline }: SagaStep, ledger: Ledger, stimulus: Stimulus, nowMs: number): Reaction {
  const isCompensation = stimulus === 'compensation';
  if (isCompensation && effect === 'store') return { do: 'tombstone' };
  if (typeof EVERFOLD_WITHOUT_GIVING_UP === 'undefined' && deadline?.fail) {
    if (isCompensation) return { do: 'fence', why: 'compensation' };
    if (isOver(ledger, nowMs)) return { do: 'fence', why: 'timeout' };
  }
  // A pivot whose work cannot be made void goes its way.
  return isCompensation ? NOTHING : (paused(ledger, nowMs) ?? { do: 'run' });
}

/** Nothing was done, so there is nothing to be barred by a fence. */
function reactWaiting(ledger: Ledger, stimulus: Stimulus, nowMs: number): Reaction {
  if (stimulus === 'compensation') return { do: 'fail', why: 'compensation' };
  return isOver(ledger, nowMs) ? { do: 'fail', why: 'timeout' } : waitOn(ledger);
}

function isOver({ started }: Ledger, nowMs: number): boolean {
  return started?.deadline !== undefined && nowMs >= Date.parse(started.deadline);
}

function waitOn({ started }: Ledger): Reaction {
  return started?.deadline === undefined ? NOTHING : { do: 'remind', at: started.deadline };
}

function reactFenced(ledger: Ledger, nowMs: number): Reaction {
  return paused(ledger, nowMs) ?? { do: 'fail', why: ledger.fenced?.why ?? 'compensation' };
}

function reactDone(step: SagaStep, ledger: Ledger, stimulus: Stimulus, nowMs: number): Reaction {
  if (step.undo === undefined) return NOTHING;
  const isUndoing = ledger.attempts?.work === 'undo';
  if (stimulus !== 'compensation' && !isUndoing) return NOTHING;
  return paused(ledger, nowMs) ?? { do: 'undo' };
}

/** Between two attempts nothing is done, but for the timer that leads to the next: it may have been lost. */
function paused({ attempts }: Ledger, nowMs: number): Reaction | undefined {
  return attempts !== undefined && nowMs < Date.parse(attempts.next) ? { do: 'remind', at: attempts.next } : undefined;
}

/** What follows on an attempt that failed: a further one, or what ends it. @param failed - Attempts so far, this one included. */
export function afterFailure(step: SagaStep, ledger: Ledger, failed: number): 'again' | 'fence' | 'park' {
  if (failed < step.retry.attempts) return 'again';
  // Whether the work was done is not known: so it is made void.
  return ledger.status === 'started' && step.deadline?.fail !== undefined ? 'fence' : 'park';
}
