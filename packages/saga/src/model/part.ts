import { ancestorsOf } from '../derive.js';
import { EMPTY, isTakenBack, type Ledger } from '../ledger.js';
import type { AnySaga } from '../saga.js';
import { idempotencyKeyOf, ownNegatives, type SagaStep } from '../step.js';
import type { Rules } from './guards.js';
import { Interned } from './interned.js';
import { type Entry, ledgerKey } from './ledger-states.js';
import type { Books } from './provider.js';

/* One step in the model, and all that can be true of it. */

/** Where a worker is: nowhere, or between two of its acts. What it carries with it follows after a blank. */
export type Place = string;
export const AWAY: Place = '';

/** Requests that were sent, and may still reach the provider. */
export type Late = 'run' | 'void' | 'undo';

/** All that is true of one step at one moment. */
export interface Local {
  readonly ledger: Ledger;
  /** What the provider's books say; for a step that acts in the store, what the store says. */
  readonly books: Books;
  /** How often the work has taken effect. */
  readonly effects: number;
  readonly late: readonly Late[];
  /** Two workers may be at the step at once. */
  readonly workers: readonly [Place, Place];
  /** Why the ledger cannot be read any more. */
  readonly broken?: string;
}

export const UNTOUCHED: Local = { ledger: EMPTY, books: 'nothing', effects: 0, late: [], workers: [AWAY, AWAY] };

/** Something that a worker is about to write. */
export interface Plan {
  readonly entries: readonly Entry[];
  readonly says: string;
  /** What is committed with it, by a step that acts in the store. */
  readonly effect?: 'act' | 'undo';
  /** Where the worker is then. */
  readonly next?: Place;
}

/** A step of the saga in the model. */
export interface Part {
  readonly step: SagaStep;
  readonly index: number;
  /** The idempotency key under which it acts. */
  readonly key: string;
  readonly rules: Rules;
  /** The events upon which it is undone, each with the first of those that are alike to the step. */
  readonly causes: ReadonlyMap<string, string>;
  /** What workers are about to write. */
  readonly plans: Interned<Plan>;
  readonly locals: Interned<Local>;
}

export function partsOf(saga: AnySaga, rules: Rules): readonly Part[] {
  return saga.steps.map((step, index) => ({
    step,
    index,
    key: idempotencyKeyOf(saga.name, step.name, 'o1'),
    rules,
    causes: causesOf(
      step.undoneOn,
      saga.steps.filter((other) => ancestorsOf(other, saga.steps).includes(step)),
    ),
    plans: new Interned<Plan>((plan) => JSON.stringify(plan)),
    locals: new Interned<Local>(localKey),
  }));
}

/** The saga with as few attempts as make a difference: one differs from the one before only in that it may be the last. */
export function withFewAttempts(saga: AnySaga): AnySaga {
  const steps = saga.steps.map((step) => ({
    ...step,
    retry: { ...step.retry, attempts: Math.min(step.retry.attempts, 2) },
  }));
  return { ...saga, steps };
}

/**
 * Events upon which something is taken back, each with the first of those that are alike: whoever takes back its work asks only from
 * which of the steps that hang on it the event comes.
 */
export function causesOf(types: readonly string[], hanging: readonly SagaStep[]): ReadonlyMap<string, string> {
  const firsts = new Map<SagaStep | undefined, string>();
  return new Map(
    types.map((type) => {
      const source = hanging.find((step) => ownNegatives(step).includes(type));
      const first = firsts.get(source) ?? type;
      firsts.set(source, first);
      return [type, first];
    }),
  );
}

function localKey({ ledger, books, effects, late, workers, broken = '' }: Local): string {
  return [ledgerKey(ledger), books, effects, [...late].sort(), ...workers, broken].join('|');
}

/** Whether what the step does stands: with the provider, or in the store. */
export function stands({ books }: Local): boolean {
  return books === 'stands';
}

/** What the step does, in words. */
export function workOf({ step, key }: Part): string {
  return step.work === 'run' && step.effect === 'store'
    ? `what ${step.name} does in the store`
    : `what ${step.name} has the provider do under ${key}`;
}

/** What is wrong with a step, whatever the others have come to. */
export function wrongWith(part: Part, local: Local): string | undefined {
  const { step } = part;
  const { ledger, books, effects, broken } = local;
  if (effects > 1) return `${workOf(part)} was done ${effects} times`;
  if (broken !== undefined) return broken;
  if (step.kind === 'wait') return undefined;
  if (isTakenBack(ledger) && stands(local))
    return `the ledger of ${step.name} is ${ledger.status}, and ${workOf(part)} stands`;
  if (ledger.status === 'ok' && books !== 'stands' && books !== 'undone')
    return `the ledger of ${step.name} is ok, and ${workOf(part)} does not stand`;
  return undefined;
}
