import type { EventSchemas, RecordedEvent } from '@everfold/core';
import { checkSaga } from './check-saga.js';
import { type AnyStep, negativeOutcomes, type SagaStep } from './step.js';
import type { End } from './types.js';

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
export function buildSaga(
  options: AnyOptions,
  steps: readonly AnyStep[],
  { done, cancelled }: End<EventSchemas, string, string, string>,
): AnySaga {
  checkSaga(options, steps, done.on);
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

/** A step is undone when what follows on it, or what runs beside it, has failed or was undone. */
function undoTriggers(step: AnyStep, steps: readonly AnyStep[]): string[] {
  if (step.undo === undefined) return [];
  const successors = steps.filter((other) => other.on === step.ok);
  return [...new Set([...successors, ...stepsBeside(step, steps)].flatMap(negativeOutcomes))];
}

/** The siblings of a step and of those before it: when one of them fails, the branch beside it is taken back from its far end. */
function stepsBeside(step: AnyStep, steps: readonly AnyStep[]): AnyStep[] {
  const siblings = steps.filter((other) => other.on === step.on && other.name !== step.name);
  const predecessor = steps.find((other) => other.ok === step.on);
  return predecessor === undefined ? siblings : [...siblings, ...stepsBeside(predecessor, steps)];
}
