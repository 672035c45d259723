import { ATTEMPTED, FENCED, failedSoFar, PARKED, STARTED, TOMBSTONED, type Work } from '../ledger.js';
import { afterFailure, type Reaction } from '../reaction.js';
import { call, makeVoid, plan, saysOfReading, takeBack, type Worker, write } from './acts.js';
import type { Entry } from './ledger-states.js';
import { type Move, placeOf, withWorker } from './moves.js';
import { AWAY, type Place } from './part.js';

/* What a worker at a step does, act by act: it carries out what `react` decides, as the handlers do. */

/** What comes first after a reaction was decided upon. */
export function begin(worker: Worker, reaction: Reaction): Move[] {
  const { step, rules } = worker.part;
  switch (reaction.do) {
    case 'tombstone':
      return plan(worker, { entries: [{ type: TOMBSTONED }], says: 'bars itself: it has not begun, and never will' });
    case 'wait':
      return plan(worker, { entries: [{ type: STARTED }], says: 'records that it waits' });
    case 'start':
      return plan(worker, { entries: [{ type: STARTED }], says: 'records its start', next: 'run' });
    case 'fence':
      return giveUp(worker, reaction.why === 'timeout' ? 'its time is over' : 'it is not needed any more');
    case 'park':
      return plan(worker, { entries: [{ type: PARKED, work: 'run' }], says: 'parks itself, for nobody has answered' });
    case 'run':
      return step.effect === 'store' ? runInStore(worker) : goTo(worker, 'run');
    case 'fail':
      return step.work === 'wait' ? failWait(worker) : goTo(worker, 'void');
    case 'ask':
    case 'undo':
      if (!rules.takenBackStays) return goTo(worker, `look 0 ${worker.cause}`);
      return undo(worker).map((move) => ({ ...move, onceTakenBack: worker.cause }));
    default:
      return [];
  }
}

/** What comes next for a worker that is somewhere. */
export function goOn(worker: Worker, place: Place): Move[] {
  const { part, local, slot, who, cause } = worker;
  const {
    ok,
    undo: back,
    fails: [failure = ''],
  } = part.step;
  const [what, nth] = place.split(' ');
  switch (what) {
    case 'run':
      return [...call(worker), ...threw(worker, 'run')];
    case 'void':
      return [makeVoid(worker), ...threw(worker, 'fail')];
    case 'look':
      return [{ to: local, says: who, look: { nth: Number(nth), cause, slot } }];
    case 'undo':
      return undo(worker);
    case 'write':
      return [write(worker, part.plans.valueOf(Number(nth)))];
    case 'agreed':
      return [write(worker, { entries: [{ type: ok }], says: `records ${ok}` })];
    case 'undone':
      return [write(worker, { entries: [{ type: back?.ok ?? '' }], says: `records ${back?.ok}` })];
    default:
      return [write(worker, { entries: [{ type: failure }], says: `records ${failure}` })];
  }
}

/** Has the worker be somewhere, or do at once what it does there. @param why - Said at the end. */
function goTo(worker: Worker, place: Place, why = ''): Move[] {
  if (placeOf(worker.part, place) === AWAY) return goOn(worker, place);
  const says = `${worker.who}: ${saysOfReading(worker)}${why}`;
  return [{ to: withWorker(worker.local, worker.slot, place), says }];
}

/** Nothing was done, so nothing is made void. When naming the failure throws, the fence is recorded with that. */
function failWait(worker: Worker): Move[] {
  const { ledger, part } = worker;
  const [failure = ''] = part.step.fails;
  return [
    ...plan(worker, { entries: [{ type: failure }], says: `records ${failure}` }),
    ...threw(worker, 'fail', ledger.status === 'started' ? [{ type: FENCED }] : []),
  ];
}

/** Work, effect and outcome are one write. */
function runInStore(worker: Worker): Move[] {
  const {
    ok,
    fails: [failure],
  } = worker.part.step;
  return [
    ...plan(worker, {
      entries: [{ type: ok }],
      effect: 'act',
      says: `records ${ok}, and its effect in the same write`,
    }),
    ...(failure === undefined ? [] : plan(worker, { entries: [{ type: failure }], says: `records ${failure}` })),
    ...threw(worker, 'run'),
  ];
}

/** @param why - In words. */
function giveUp(worker: Worker, why: string): Move[] {
  const { step, rules } = worker.part;
  if (!rules.has('fence')) {
    if (step.work === 'wait') return plan(worker, { entries: [{ type: step.fails[0] ?? '' }], says: 'is given up' });
    return goTo(worker, 'void', `; it gives up, for ${why}, and records no fence`);
  }
  return plan(worker, { entries: [{ type: FENCED }], says: `records the fence, for ${why}`, next: 'void' });
}

function undo(worker: Worker): Move[] {
  const { step, rules } = worker.part;
  const { ok: undone = '', ask } = step.undo ?? {};
  if (ask !== undefined)
    return plan(worker, { entries: [{ type: ask }], says: `records ${ask}, which asks its service` });
  const says = `records ${undone}, and takes ${rules.has('undo') ? 'its effect' : 'nothing'} back in the same write`;
  const acts =
    step.effect === 'store' ? plan(worker, { entries: [{ type: undone }], effect: 'undo', says }) : [takeBack(worker)];
  return [...acts, ...threw(worker, 'undo')];
}

/**
 * One of the step's functions throws. It does not matter whether the provider had the request by next: where it had not, it may get
 * it all the same.
 *
 * @param fence - What is recorded before that.
 */
export function threw(worker: Worker, work: Work, fence: readonly Entry[] = []): Move[] {
  const { ledger, cause, part } = worker;
  const start = ledger.status === 'empty' ? [{ type: STARTED }] : fence;
  const entry = (type: string): Entry => ({ type, work, ...(work === 'undo' ? { cause } : {}) });
  const moves = () => {
    switch (afterFailure(part.step, ledger, failedSoFar(ledger, work) + 1)) {
      case 'again':
        return plan(worker, {
          entries: [...start, entry(ATTEMPTED)],
          says: 'fails, and records that it will try again',
        });
      case 'fence':
        return giveUp(worker, 'it has failed too often');
      case 'park':
        return plan(worker, { entries: [...start, entry(PARKED)], says: 'has failed too often, and parks itself' });
    }
  };
  return moves().map((move) => ({ ...move, isMishap: true }));
}
