import type { NewEvent, RecordedEvent } from '@everfold/core';
import { checkHops, keyOf } from './context.js';
import { TOMBSTONED } from './ledger.js';
import { emptyLedger } from './loaded-ledger.js';
import { retryConflicts } from './ports.js';
import { type Reaction, react, type Stimulus } from './reaction.js';
import { gatherTriggers } from './triggers.js';
import {
  type AtWork,
  enter,
  inputOf,
  load,
  nowMs,
  reloaded,
  remind,
  type StepRun,
  startEntry,
} from './work/at-work.js';
import { attempt, WorkFailed } from './work/attempt.js';
import { afterAttempt } from './work/failure.js';
import { fenceOf, giveUp } from './work/give-up.js';
import { actOnService } from './work/service.js';
import { undo } from './work/undo.js';
import { wait } from './work/wait.js';

/* One step at work: it carries out what `react` decides. */

declare const EVERFOLD_WITHOUT_CONTRACTS: true | undefined;
declare const EVERFOLD_WITHOUT_GIVING_UP: true | undefined;
declare const EVERFOLD_WITHOUT_STARTS: true | undefined;
declare const EVERFOLD_WITHOUT_UNDO: true | undefined;
declare const EVERFOLD_WITHOUT_WAITS: true | undefined;
declare const EVERFOLD_WITHOUT_WORK: true | undefined;

/** Reacts to an event of the saga. */
export async function onEvent(run: StepRun, event: RecordedEvent): Promise<void> {
  const { saga, step, ports } = run;
  const key = keyOf(saga, event);
  if (step.on.includes(event.type)) return retryConflicts(ports, (failed) => forward(run, event, key, failed));
  if (!step.undoneOn.includes(event.type)) return;
  await retryConflicts(ports, async () =>
    carryOut({ ...run, ...(await load(run, key)), key, cause: event }, 'compensation'),
  );
}

/** Reacts to a timer, or to somebody who has it tried again: what it is about stands in the ledger. */
export async function onTimer(run: StepRun, key: string): Promise<void> {
  await retryConflicts(run.ports, async () => {
    const loaded = await load(run, key);
    const { attempts, started, outcome } = loaded.ledger;
    const cause = attempts?.cause ?? started?.trigger ?? outcome;
    if (cause !== undefined) await carryOut({ ...run, ...loaded, key, cause }, 'timer');
  });
}

async function forward(run: StepRun, event: RecordedEvent, key: string, failed: number): Promise<void> {
  const { saga, step, ports } = run;
  // A run that has begun comes to its end: what it has done so far would else stand for ever.
  if (typeof EVERFOLD_WITHOUT_STARTS === 'undefined' && event.type === saga.start) checkHops(saga, event);
  const triggers = await gatherTriggers(ports.store, saga, step, event, key);
  const first = triggers?.[0];
  if (first === undefined || (step.when && !step.when(first))) return;
  // A trigger nearly always finds an empty ledger. So the first attempt asks nobody: if it is wrong, its write collides.
  const loaded = failed === 0 ? emptyLedger(step, key) : await load(run, key);
  await carryOut({ ...run, ...loaded, key, cause: event, triggers }, 'trigger');
}

async function carryOut(at: AtWork, stimulus: Stimulus): Promise<void> {
  const reaction = react(at.step, at.ledger, stimulus, nowMs(at));
  try {
    await act(at, reaction);
  } catch (error) {
    if (!(error instanceof WorkFailed)) throw error;
    // What was recorded on the way counts: a start, or a fence.
    const isOld = reaction.do === 'start' || reaction.do === 'fence';
    await afterAttempt(isOld ? await reloaded(at) : at, error, fenceBefore(at, reaction));
  }
}

/** A wait is given up without a fence, unless that has to be tried again: then nothing else may come in between. */
function fenceBefore(at: AtWork, reaction: Reaction): readonly NewEvent[] {
  return typeof EVERFOLD_WITHOUT_WAITS === 'undefined' && reaction.do === 'fail' && at.ledger.status === 'started'
    ? [fenceOf(at, reaction.why)]
    : [];
}

/** What is left out of a bundle is not met here: `checkNeeds` has refused the step. */
async function act(at: AtWork, reaction: Reaction): Promise<void> {
  switch (reaction.do) {
    case 'nothing':
      return;
    case 'remind':
      return remind(at, reaction.at);
    case 'tombstone':
      await enter(at, { type: TOMBSTONED, data: { cause: at.cause.id } });
      return;
    case 'wait':
      return typeof EVERFOLD_WITHOUT_WAITS === 'undefined' ? wait(at) : undefined;
    case 'start':
      return typeof EVERFOLD_WITHOUT_WORK === 'undefined' ? runStep(await enter(at, startEntry(at))) : undefined;
    case 'run':
      return typeof EVERFOLD_WITHOUT_WORK === 'undefined' ? runStep(at) : undefined;
    case 'fence':
      return typeof EVERFOLD_WITHOUT_GIVING_UP === 'undefined'
        ? giveUp(at, reaction.why, fenceOf(at, reaction.why))
        : undefined;
    case 'fail':
      return typeof EVERFOLD_WITHOUT_GIVING_UP === 'undefined' ? giveUp(at, reaction.why) : undefined;
    case 'undo':
      return typeof EVERFOLD_WITHOUT_UNDO === 'undefined' ? undo(at) : undefined;
    case 'ask':
    case 'park':
      return typeof EVERFOLD_WITHOUT_CONTRACTS === 'undefined' ? actOnService(at, reaction) : undefined;
  }
}

async function runStep(at: AtWork): Promise<void> {
  const { run, ok, fails } = at.step;
  if (run === undefined) return;
  const input = await inputOf(at);
  await attempt(at, 'run', [ok, ...fails], () => run(input, at.services));
}
