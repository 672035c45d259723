import { type Decision, type EventSchemas, InvalidArgumentError, type NewEvent, type RecordedEvent, streamName } from '@everfold/core';
import { InvalidSagaError } from './errors.js';
import type { Duration, End, RunInput, UndoInput } from './types.js';

/** What a step's function returns, as the handlers see it. */
export type AnyOutcome = NewEvent & { readonly decisions?: readonly Decision[] };

/** A step as the handlers see it: the builder's types have checked what is inside. */
export interface AnyStep {
  readonly name: string;
  readonly kind: 'compensatable' | 'pivot' | 'retriable';
  readonly by: string;
  readonly on: string;
  readonly ok: string;
  readonly fails?: readonly string[];
  readonly ledger?: string;
  readonly effect?: 'store' | 'outside';
  readonly run: (input: RunInput<RecordedEvent>, services: unknown) => Promise<AnyOutcome>;
  readonly undo?: { readonly ok: string; readonly run: (input: UndoInput<unknown>, services: unknown) => Promise<AnyOutcome> };
  readonly timeout?: { readonly after: Duration; readonly fail: (input: RunInput<RecordedEvent>, services: unknown) => Promise<NewEvent> };
}

/** A step with everything that is derived about it. */
export interface SagaStep extends AnyStep {
  readonly fails: readonly string[];
  /** Category of its ledger's streams. */
  readonly ledger: string;
  /** Events upon which it is undone: a direct successor, or a parallel sibling, failed or was undone. */
  readonly undoneOn: readonly string[];
}

/** A finished definition: a value from which handlers and rule patterns are derived. */
export interface Saga<TSchemas extends EventSchemas, TSteps> {
  readonly name: string;
  readonly version: number;
  readonly start: string;
  readonly key: string;
  readonly events: TSchemas;
  readonly steps: readonly SagaStep[];
  readonly end: {
    /** Category of the streams of terminal events. */
    readonly ledger: string;
    readonly done: { readonly on: string; readonly emit: string; readonly data: (event: RecordedEvent) => unknown };
    readonly cancelled: {
      /** Failures and compensations of the root steps. */
      readonly on: readonly string[];
      readonly emit: string;
      readonly data: (cause: RecordedEvent, key: string) => unknown;
    };
  };
  /** Only a type: what the functions of each step need. */
  readonly services?: TSteps;
}

/** Any saga, where its events and services do not matter. */
export type AnySaga = Saga<EventSchemas, unknown>;

/** What a saga begins with, as the builder hands it on. */
export interface AnyOptions {
  readonly name: string;
  readonly version: number;
  readonly start: string;
  readonly key: string;
  readonly events: EventSchemas;
}

/** Derives what follows from the steps, and checks what types cannot see. */
export function buildSaga(options: AnyOptions, steps: readonly AnyStep[], { done, cancelled }: End<EventSchemas, string, string, string>): AnySaga {
  checkSaga(options, steps);
  const roots = steps.filter((step) => step.on === options.start);
  return {
    ...options,
    steps: steps.map((step) => ({
      ...step,
      fails: step.fails ?? [],
      ledger: step.ledger ?? `${options.name}.${step.name}`,
      undoneOn: undoTriggers(step, steps),
    })),
    end: {
      ledger: `${options.name}.end`,
      done: { on: done.on, emit: done.emit, data: done.data as (event: RecordedEvent) => unknown },
      cancelled: { on: roots.flatMap(negativeOutcomes), emit: cancelled.emit, data: cancelled.data },
    },
  };
}

/** The failures of a step and its compensation: what makes those before and beside it take back their work. */
function negativeOutcomes(step: AnyStep): string[] {
  return [...(step.fails ?? []), ...(step.undo ? [step.undo.ok] : [])];
}

function undoTriggers(step: AnyStep, steps: readonly AnyStep[]): string[] {
  if (step.undo === undefined) return [];
  const successors = steps.filter((other) => other.on === step.ok);
  const siblings = steps.filter((other) => other.on === step.on && other.name !== step.name);
  return [...new Set([...successors, ...siblings].flatMap(negativeOutcomes))];
}

/** @throws InvalidSagaError */
function checkSaga({ name, version, events }: AnyOptions, steps: readonly AnyStep[]): void {
  const refuse = (problem: string) => {
    throw new InvalidSagaError(name, problem);
  };
  if (!/^[A-Za-z][A-Za-z0-9_.]*$/.test(name)) refuse('its name must begin with a letter and have letters, digits, "_" and "." only');
  if (!Number.isInteger(version) || version < 1) refuse(`its version is ${version}; give a whole number from 1`);
  if (steps.length === 0) refuse('it has no steps');
  const ledgers = new Set<string>([`${name}.end`]);
  for (const step of steps) {
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(step.name)) refuse(`step "${step.name}" must have a name of letters, digits and "_"`);
    const ledger = step.ledger ?? `${name}.${step.name}`;
    if (ledgers.has(ledger)) refuse(`two steps keep their ledger in category "${ledger}"; give each its own`);
    ledgers.add(ledger);
    if (step.timeout) durationMs(step.timeout.after);
    for (const type of [step.on, step.ok, ...negativeOutcomes(step)]) {
      if (!Object.hasOwn(events, type)) refuse(`step "${step.name}" names an event "${type}" that is not among its events`);
    }
  }
}

/** The ledger stream of a step for one key. */
export function ledgerStream(step: Pick<SagaStep, 'ledger'>, key: string): string {
  return streamName(step.ledger, key);
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration in milliseconds. @throws InvalidArgumentError when it is not one. */
export function durationMs(duration: Duration): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(duration) ?? [];
  if (amount === undefined || !isUnit(unit)) {
    throw new InvalidArgumentError(`"${duration}" is not a duration. Write a number and a unit, such as 30s, 15m, 2h or 1d.`);
  }
  return Number(amount) * UNITS[unit];
}

function isUnit(unit: string | undefined): unit is keyof typeof UNITS {
  return unit !== undefined && Object.hasOwn(UNITS, unit);
}
