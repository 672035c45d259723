import type { EventSchemas, RecordedEvent } from '@everfold/core';
import { checkSaga } from './check-saga.js';
import { deriveSteps, negativesOf, triggeredBy, typesOf } from './derive.js';
import { durationMs } from './duration.js';
import type { AnyStep, SagaStep } from './step.js';
import type { Duration, End } from './types.js';

/** A finished definition: a value from which handlers, rule patterns, diagrams and the rest are derived. */
export interface Saga<TSchemas extends EventSchemas, TSteps> {
  readonly name: string;
  readonly version: number;
  readonly start: string;
  readonly key: string;
  readonly events: TSchemas;
  /** In the order of their definition: each after those that it is triggered by. */
  readonly steps: readonly SagaStep[];
  /** The event with which somebody cancels it from outside. */
  readonly cancel?: string;
  /** In what time every run should have ended, milliseconds. */
  readonly withinMs?: number;
  /** The longest chain of events upon which a run is begun. */
  readonly maxHops: number;
  readonly end: {
    /** Category of the streams of terminal events. */
    readonly ledger: string;
    readonly done: {
      /** All of these. */
      readonly on: readonly string[];
      readonly emit: string;
      readonly data: (event: RecordedEvent, events: Readonly<Record<string, RecordedEvent>>) => unknown;
    };
    readonly cancelled: {
      /** Failures and compensations of the root steps, and the cancellation from outside. */
      readonly on: readonly string[];
      readonly emit: string;
      readonly data: (cause: RecordedEvent, key: string) => unknown;
    };
  };
  /** Only a type: what the functions of each step need. */
  readonly services?: TSteps;
  /** Definitions of before, under which runs may still be under way: see `withEarlier`. */
  readonly earlier?: readonly AnySaga[];
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
  readonly cancel?: string;
  readonly within?: Duration;
  readonly maxHops?: number;
}

/** The end as the builder hands it on. */
export type AnyEnd = End<EventSchemas, string | { readonly all: readonly string[] }, string, string>;

/** Events follow one another over this many steps at the most, if nothing else is said. */
const MAX_HOPS = 100;

/**
 * Put in by the bundler where the definition was checked before: the same code has defined the saga on the machine that bundles it.
 * Nobody sets it as a variable, so outside of a bundle every definition is checked.
 */
declare const EVERFOLD_CHECKED: true | undefined;

/** Derives what follows from the steps, and checks what types cannot see. @throws InvalidSagaError */
export function buildSaga(options: AnyOptions, defined: readonly AnyStep[], { done, cancelled }: AnyEnd): AnySaga {
  const doneOn = typesOf(done.on);
  const steps = deriveSteps(options, defined);
  if (typeof EVERFOLD_CHECKED === 'undefined') checkSaga(options, steps, doneOn);
  // By name: a definition that was spread into the options has more, such as earlier versions.
  const { name, version, start, key, events, cancel, within, maxHops = MAX_HOPS } = options;
  const roots = triggeredBy(start, steps);
  const cancelledOn = new Set(roots.flatMap((step) => negativesOf(step, steps)).concat(cancel ?? []));
  return {
    name,
    version,
    start,
    key,
    events,
    steps,
    maxHops,
    ...(cancel !== undefined && { cancel }),
    ...(within && { withinMs: durationMs(within) }),
    end: {
      ledger: `${name}.end`,
      done: { ...done, on: doneOn } as AnySaga['end']['done'],
      cancelled: { ...cancelled, on: [...cancelledOn] },
    },
  };
}
