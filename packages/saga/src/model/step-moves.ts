import { EMPTY, type Ledger, RESUMED } from '../ledger.js';
import type { Stimulus } from '../reaction.js';
import { reactionsOf } from './ledger-states.js';
import { crashed, type Move, written } from './moves.js';
import { AWAY, type Late, type Local, type Part } from './part.js';
import { afterUndo, afterVoid, answersTo, saysOf } from './provider.js';
import { serviceMoves } from './service-moves.js';
import { begin, goOn, threw } from './worker.js';

/* Everything that may come next at one step. */

/** What has happened elsewhere, as far as the step is concerned. */
export interface Surroundings {
  /** The events that trigger it, once all of them were recorded. */
  readonly trigger?: string;
  /** Events upon which it is undone that were recorded; of those that are alike to it, one. */
  readonly causes: readonly string[];
}

export function stepMoves(part: Part, local: Local, around: Surroundings): Move[] {
  return [
    ...workersGoOn(part, local),
    ...deliveries(part, local, around),
    ...lateRequests(part, local),
    ...lateWorkers(part, local, around),
    ...fromOutside(part, local),
    ...(part.step.work === 'contract' ? serviceMoves(part, local, around) : []),
  ];
}

function workersGoOn(part: Part, local: Local): Move[] {
  return local.workers.flatMap((place, slot) => {
    if (place === AWAY) return [];
    const who = `${part.step.name} (worker ${slot + 1})`;
    const cause = place.split(' ').at(-1) ?? '';
    const crash = { to: crashed(part, local, slot), says: `${who} crashes`, isMishap: true };
    return [...goOn({ part, local, slot, ledger: local.ledger, cause, who }, place), crash];
  });
}

/** Whatever was recorded may be delivered at any moment and any number of times, and so may timers: queues need not be told of. */
function deliveries(part: Part, local: Local, { trigger, causes }: Surroundings): Move[] {
  const { step, rules } = part;
  const slot = local.workers.indexOf(AWAY);
  if (slot < 0) return [];
  const deliver = (stimulus: Stimulus, ledger: Ledger, upon: string, because = '') => {
    const cause = ledger.attempts?.cause?.type ?? part.causes.get(because) ?? because;
    const who = `${step.name} (worker ${slot + 1}), upon ${upon}`;
    return reactionsOf(step, ledger, stimulus).flatMap((reaction) =>
      begin({ part, local, slot, ledger, cause, who }, reaction),
    );
  };
  return [
    ...(trigger === undefined ? [] : deliver('trigger', local.ledger, trigger)),
    // A first attempt takes the ledger to be empty. Where that is wrong, the optimistic lock has it read.
    ...(trigger === undefined || rules.has('optimistic lock') ? [] : deliver('trigger', EMPTY, trigger)),
    ...causes.flatMap((cause) => deliver('compensation', local.ledger, cause, cause)),
    ...deliver('timer', local.ledger, 'a timer'),
  ];
}

/** Requests of workers that have stalled or crashed, or that were just slow. */
function lateRequests(part: Part, local: Local): Move[] {
  return local.late.flatMap((request) => {
    const isKept = request === 'run' && part.rules.requestsAreOne;
    const late = isKept ? local.late : local.late.filter((other) => other !== request);
    return arrivals(part, { ...local, late }, request).map(({ to, says }) => ({
      to,
      says: `${part.step.name}: a request that was on its way arrives: ${says}`,
      isMishap: true,
    }));
  });
}

function arrivals({ step, key, rules }: Part, local: Local, request: Late): Move[] {
  const { books, effects } = local;
  switch (request) {
    case 'void':
      return [{ to: { ...local, books: afterVoid(books, rules) }, says: `the provider makes ${key} void` }];
    case 'undo':
      return [
        { to: { ...local, books: afterUndo(books, rules) }, says: `the provider takes back the work under ${key}` },
      ];
    case 'run':
      return answersTo(books, step.fails.length > 0, rules).map((answer) => ({
        to: { ...local, books: answer.books, effects: effects + Number(answer.acted) },
        says: saysOf(answer, key),
      }));
  }
}

/** Workers of which no account is kept, where that makes no difference but to what they do when the ledger has changed since. */
function lateWorkers(part: Part, local: Local, { causes }: Surroundings): Move[] {
  const { step, rules, key } = part;
  const { ledger } = local;
  const who = `${step.name} (a worker of before)`;
  const slot = local.workers.indexOf(AWAY);
  if (slot < 0) return [];
  const worker = { part, local, slot, ledger, cause: '', who };
  // Whoever has written its start or its fence, and whose call throws, reads what has become of the ledger since.
  if (ledger.status === 'started' && local.late.includes('run') && rules.requestsAreOne) return threw(worker, 'run');
  if (ledger.status === 'fenced' && rules.voidsAreOne) return threw(worker, 'fail');
  // Whoever was about to undo the step goes on, though it was parked meanwhile.
  if (ledger.status !== 'ok' || step.work !== 'run' || step.effect === 'store' || !step.undo || !rules.takenBackStays)
    return [];
  return causes.map((cause) => ({
    to: { ...local, books: afterUndo(local.books, rules) },
    says: `${who}: the provider takes back the work under ${key}`,
    isMishap: true,
    onceTakenBack: ledger.attempts?.cause?.type ?? part.causes.get(cause) ?? cause,
  }));
}

/** Facts that are waited for, and somebody who has a parked step tried again. */
function fromOutside(part: Part, local: Local): Move[] {
  const { step } = part;
  const { parked, status } = local.ledger;
  const isWaiting = step.work === 'wait' && status === 'started';
  const facts = isWaiting ? [step.ok, ...step.fails.slice(0, 1)] : [];
  const enter = (type: string, says: string) => ({
    to: written(part, local, { entries: [{ type }], says }),
    says: `${step.name}: ${says}`,
  });
  return [
    ...facts.map((fact) => enter(fact, `somebody records ${fact}`)),
    ...(parked ? [enter(RESUMED, 'somebody has it tried again')] : []),
  ];
}
