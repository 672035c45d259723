import { type EventSchemas, InvalidArgumentError, type NewEvent } from '@everfold/core';
import { ANY_DATA } from '../any-data.js';
import type { AnySaga, Saga } from '../saga.js';
import type { SagaStep } from '../step.js';
import type { SagaOutcome } from './outcomes.js';

/* A saga as it is rehearsed: its own rules, with the work of each step put by what a script says. */

/** The key of a run that is rehearsed. */
export const KEY = '1';

/** What a script says of one step. */
interface Part {
  /** How it ends, unless it has no answer. */
  readonly answer: string | undefined;
  /** What it comes to when it is given up. */
  readonly failure: string;
  /** Where it is optional: whether it waits. */
  readonly isNeeded: boolean;
}

/** What an outcome says of a step. */
export function partOf(step: SagaStep, outcome: SagaOutcome): Part {
  const otherwise = { answer: step.ok, failure: step.fails.at(-1) ?? step.ok, isNeeded: false };
  if (!('step' in outcome) || outcome.step !== step.name) return otherwise;
  const part = { ...otherwise, isNeeded: true };
  if (outcome.kind === 'waited') return part;
  if (outcome.kind === 'failed') return { ...part, answer: outcome.type };
  return { ...part, answer: undefined, ...(outcome.type === undefined ? {} : { failure: outcome.type }) };
}

/** @throws InvalidArgumentError when the outcome is none of this saga. */
export function checkOutcome({ name, steps, cancel, start }: AnySaga, outcome: SagaOutcome): void {
  const refuse = (what: string): never => {
    throw new InvalidArgumentError(`Saga "${name}" has no ${what}. See outcomesOf for what it may come to.`);
  };
  if (outcome.kind === 'completed') return;
  if (outcome.kind === 'cancelled') {
    if (cancel === undefined) refuse('event that cancels it');
    if (![start, ...steps.map(({ ok }) => ok)].includes(outcome.after))
      refuse(`step that succeeds with "${outcome.after}"`);
    return;
  }
  const step = steps.find((each) => each.name === outcome.step);
  const type = outcome.kind === 'waited' ? undefined : outcome.type;
  if (step === undefined) refuse(`step "${outcome.step}"`);
  else if (type !== undefined && !step.fails.includes(type)) refuse(`failure "${type}" of step "${step.name}"`);
}

/** What a step's functions tell whoever watches. */
type OnWork = (step: SagaStep, work: 'run' | 'fail' | 'undo') => void;

/** The saga with its work replaced. */
export function scripted(
  saga: AnySaga,
  outcome: SagaOutcome,
  onWork: OnWork,
): Saga<EventSchemas, Record<string, unknown>> {
  const { events, steps, end, services: _onlyAType, earlier: _notRehearsed, ...rest } = saga;
  const data = { [saga.key]: KEY };
  const eventOf = (type: string): NewEvent => ({ type, data });
  const scriptedStep = (step: SagaStep): SagaStep => {
    const { answer, failure, isNeeded } = partOf(step, outcome);
    const run = async () => {
      onWork(step, 'run');
      if (answer === undefined) throw new Error('no answer');
      return eventOf(answer);
    };
    const undo = async (ok: string) => {
      onWork(step, 'undo');
      return eventOf(ok);
    };
    const fail = () => {
      onWork(step, 'fail');
      return eventOf(failure);
    };
    return {
      ...step,
      ...(step.run ? { run } : {}),
      ...(step.when ? { when: () => isNeeded } : {}),
      ...(step.undo?.data ? { undo: { ...step.undo, data: () => data } } : {}),
      ...(step.undo?.run ? { undo: { ok: step.undo.ok, run: () => undo(step.undo?.ok ?? '') } } : {}),
      ...(step.deadline?.fail ? { deadline: { afterMs: step.deadline.afterMs, fail } } : {}),
    };
  };
  return {
    ...rest,
    // The data of an event says nothing in a rehearsal, but for the key.
    events: Object.fromEntries(Object.keys(events).map((type) => [type, ANY_DATA])),
    steps: steps.map(scriptedStep),
    end: { ...end, done: { ...end.done, data: () => data }, cancelled: { ...end.cancelled, data: () => data } },
  };
}
