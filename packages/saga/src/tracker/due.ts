import { producerOf } from '../derive.js';
import type { AnySaga } from '../saga.js';
import { ownNegatives, type SagaStep } from '../step.js';
import type { RunFacts, RunStatus, StepRow } from './run-row.js';

/* By when something must have happened in a run. */

declare const EVERFOLD_WITHOUT_CONTRACTS: true | undefined;

/** The timer of a rule comes once a minute at most; and a place in a listing that stays the same costs half. */
const MINUTE_MS = 60_000;

/** What {@link dueOf} goes by. */
export interface Grace {
  /** How long an event may be on its way, or a step at work, milliseconds. */
  readonly graceMs: number;
}

/** By when something must have happened, on the full minute. `undefined` when the run does not go on by itself. */
export function dueOf(saga: AnySaga, facts: RunFacts, status: RunStatus, { graceMs }: Grace): string | undefined {
  if (status !== 'running' && status !== 'waiting' && status !== 'compensating') return undefined;
  const times = saga.steps.flatMap((step) => stepDueMs(step, facts.steps[step.name], graceMs) ?? []);
  if (times.length === 0 || isEventAwaited(saga, facts, status)) times.push(Date.parse(facts.lastAt) + graceMs);
  if (saga.withinMs !== undefined && facts.startedAt !== undefined)
    times.push(Date.parse(facts.startedAt) + saga.withinMs);
  return new Date(Math.ceil(Math.min(...times) / MINUTE_MS) * MINUTE_MS).toISOString();
}

/** By when a step must have gone on, milliseconds since 1970; `undefined` when nothing is expected of it. */
export function stepDueMs(step: SagaStep, row: StepRow | undefined, graceMs: number): number | undefined {
  if (row === undefined || row.parked !== undefined) return undefined;
  const { status, since, deadline, attempts, asked } = row;
  // Who was asked to take its work back answers soon, whatever it has come to; the event that asks may be lost.
  if (typeof EVERFOLD_WITHOUT_CONTRACTS === 'undefined' && asked !== undefined && isAnswerAwaited(row))
    return earlier(Date.parse(asked) + graceMs, deadline);
  if (attempts !== undefined) return Date.parse(attempts.next);
  if (since === undefined || (status !== 'started' && status !== 'fenced')) return undefined;
  const patience = Date.parse(since) + graceMs;
  if (status === 'fenced') return patience;
  // Who waits may wait to the end. Who is at work that long has died over it, and nobody may have called again.
  return step.work === 'run' || deadline === undefined ? earlier(patience, deadline) : Date.parse(deadline);
}

function earlier(timeMs: number, deadline: string | undefined): number {
  return deadline === undefined ? timeMs : Math.min(timeMs, Date.parse(deadline));
}

/** Whether a service was asked to take its work back, and is still to answer. */
export function isAnswerAwaited({ status, asked }: StepRow): boolean {
  return asked !== undefined && (status === 'empty' || status === 'started' || status === 'ok');
}

/** What tells which events of a run have happened. */
export type Happened = Pick<RunFacts, 'start' | 'cancel' | 'steps'>;

/** Whether an event that was published has still to take effect: it may be lost. */
export function isEventAwaited(saga: AnySaga, facts: Happened, status: RunStatus): boolean {
  return status === 'compensating' || typesAwaited(saga, facts).length > 0;
}

/**
 * Types of the events that happened and are still to take effect, as far as the run's row knows. While it is taken back
 * these are all failures and compensations: each asks whether everything that hangs on a step is taken back; and what asks
 * another service to take its work back, until that has answered.
 */
export function typesToTell(saga: AnySaga, facts: Happened, status: RunStatus): readonly string[] {
  const cancel = saga.cancel !== undefined && facts.cancel !== undefined ? [saga.cancel] : [];
  const negatives = saga.steps.flatMap((step) => ownNegatives(step).filter((type) => hasHappened(saga, facts, type)));
  const asking = saga.steps.flatMap(({ name, undo }) => {
    const row = facts.steps[name];
    return undo?.ask !== undefined && row !== undefined && isAnswerAwaited(row) ? [undo.ask] : [];
  });
  const awaited = status === 'compensating' ? [...negatives, ...asking, ...cancel] : typesAwaited(saga, facts);
  if (awaited.length > 0) return [...new Set(awaited)];
  // Nothing in particular is missing: so all of it is told.
  const outcomes = saga.steps.map(({ ok }) => ok).filter((type) => hasHappened(saga, facts, type));
  const start = facts.start === undefined ? [] : [saga.start];
  return [...start, ...cancel, ...outcomes, ...negatives];
}

/** Triggers, all of which have happened, of what has not begun. */
function typesAwaited(saga: AnySaga, facts: Happened): readonly string[] {
  const waiting = [
    // Whether an optional step begins is not known here: who follows on it is waited for instead.
    ...saga.steps.filter(({ name, when }) => facts.steps[name] === undefined && when === undefined),
    saga.end.done,
  ];
  return waiting
    .filter(({ on }) => on.every((type) => hasHappened(saga, facts, type) || isLeftOut(saga, facts, type)))
    .flatMap(({ on }) => on.filter((type) => hasHappened(saga, facts, type)));
}

/** Whether an event has happened in the run, and stands. */
function hasHappened(saga: AnySaga, { start, steps }: Happened, type: string): boolean {
  if (type === saga.start) return start !== undefined;
  return saga.steps.some(({ name, ok, undo }) => {
    const row = steps[name];
    if (type === ok) return row?.status === 'ok';
    return row?.failure === type || (type === undo?.ok && row?.status === 'undone');
  });
}

/** An optional step that has not begun may never begin. */
function isLeftOut(saga: AnySaga, { steps }: Happened, type: string): boolean {
  const producer = producerOf(type, saga.steps);
  return producer?.when !== undefined && steps[producer.name] === undefined;
}
