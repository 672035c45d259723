import type { RecordedEvent } from '@everfold/core';
import { checkHops, keyOf } from './context.js';
import { PARKED, TOMBSTONED } from './ledger.js';
import { leftOut } from './left-out.js';
import { emptyLedger } from './loaded-ledger.js';
import { retryConflicts } from './ports.js';
import { type Reaction, react, type Stimulus } from './reaction.js';
import { gatherTriggers } from './triggers.js';
import { type AtWork, enter, inputOf, load, nowMs, remind, type StepRun, startEntry } from './work/at-work.js';
import { attempt, WorkFailed } from './work/attempt.js';
import { afterAttempt } from './work/failure.js';
import { fenceEntry } from './work/give-up.js';
import { ask, fail, fence, undo } from './work/parts.js';

/* One step at work: it carries out what `react` decides. */

declare const EVERFOLD_WITHOUT_STARTS: true | undefined;

const checkStart = typeof EVERFOLD_WITHOUT_STARTS === 'undefined' ? checkHops : leftOut('the start of runs');

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
  if (event.type === saga.start) checkStart(saga, event);
  const triggers = await gatherTriggers(ports.store, saga, step, event, key);
  const [first] = triggers ?? [];
  if (triggers === undefined || first === undefined) return;
  if (step.when && !step.when(first)) return;
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
    // A wait is given up without a fence, unless that has to be tried again: then nothing else may come in between.
    const before = reaction.do === 'fail' && at.ledger.status === 'started' ? [fenceEntry(at, reaction.why)] : [];
    await afterAttempt(isOld ? { ...at, ...(await load(at, at.key)) } : at, error, before);
  }
}

async function act(at: AtWork, reaction: Reaction): Promise<void> {
  switch (reaction.do) {
    case 'nothing':
      return;
    case 'remind':
      return remind(at, reaction.at);
    case 'tombstone':
      await enter(at, { type: TOMBSTONED, data: { cause: at.cause.id } });
      return;
    case 'wait': {
      const entry = startEntry(at);
      await enter(at, entry);
      return entry.data.deadline === undefined ? undefined : remind(at, entry.data.deadline);
    }
    case 'start':
      return runStep(await enter(at, startEntry(at)));
    case 'run':
      return runStep(at);
    case 'fence':
      return fence(at, reaction.why);
    case 'fail':
      return fail(at, reaction.why);
    case 'undo':
      return undo(at);
    case 'ask':
      return ask(at);
    case 'park':
      await enter(at, { type: PARKED, data: { work: 'run', reason: reaction.reason } });
      return;
  }
}

async function runStep(at: AtWork): Promise<void> {
  const { run, ok, fails } = at.step;
  if (run === undefined) return;
  const input = await inputOf(at);
  await attempt(at, 'run', [ok, ...fails], () => run(input, at.services));
}
