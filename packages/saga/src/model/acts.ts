import type { Ledger } from '../ledger.js';
import { type Move, withWorker, written } from './moves.js';
import type { Local, Part, Plan } from './part.js';
import { afterUndo, afterVoid, answersTo, saysOf } from './provider.js';

/* What a worker does, one act at a time. */

/** A worker, and what it goes by. */
export interface Worker {
  readonly part: Part;
  readonly local: Local;
  readonly slot: number;
  /** The ledger as it was read, or taken to be. */
  readonly ledger: Ledger;
  /** Why the step is undone, when it is. */
  readonly cause: string;
  readonly who: string;
}

/** Writes, if nobody comes first; or is about to, on what it has read. */
export function plan(worker: Worker, what: Plan): Move[] {
  const { part, local, slot, who } = worker;
  if (part.rules.readsWithFirstAct) return [write(worker, what)];
  return [{ to: withWorker(local, slot, `write ${part.plans.idOf(what)}`), says: `${who}: ${saysOfReading(worker)}` }];
}

export function saysOfReading({ ledger, local }: Worker): string {
  return ledger === local.ledger
    ? `reads its ledger, which is ${ledger.status}`
    : `takes its ledger to be ${ledger.status}`;
}

export function write({ part, local, slot, who }: Worker, what: Plan): Move {
  return { to: written(part, local, what, slot), says: `${who}: ${what.says}` };
}

export function call({ part, local, slot, who }: Worker): Move[] {
  return answersTo(local.books, part.step.fails.length > 0, part.rules).map((answer) => {
    const { books, acted, agreed } = answer;
    const after = { ...local, books, effects: local.effects + Number(acted) };
    return { to: withWorker(after, slot, agreed ? 'agreed' : 'refused'), says: `${who}: ${saysOf(answer, part.key)}` };
  });
}

export function makeVoid({ part, local, slot, who }: Worker): Move {
  const after = { ...local, books: afterVoid(local.books, part.rules) };
  const says = part.rules.has('provider cancel') ? `the provider makes ${part.key} void` : 'does not tell the provider';
  return { to: withWorker(after, slot, 'voided'), says: `${who}: ${says}` };
}

export function takeBack({ part, local, slot, who }: Worker): Move {
  const after = { ...local, books: afterUndo(local.books, part.rules) };
  const says = part.rules.has('undo') ? `the provider takes back the work under ${part.key}` : 'takes nothing back';
  return { to: withWorker(after, slot, 'undone'), says: `${who}: ${says}` };
}
