import { type EventSchemas, type Json, revisionOf } from '@everfold/core';
import type { AnySaga } from '../saga.js';
import type { RetryPolicy, SagaStep, StepKind } from '../step.js';
import { jsonSchemaOf } from './json-schema.js';

/** What runs that are under way depend upon of a definition: everything but its functions. Plain JSON. */
export interface SagaShape {
  readonly saga: string;
  readonly version: number;
  readonly start: string;
  readonly key: string;
  readonly cancel?: string;
  readonly withinMs?: number;
  readonly maxHops: number;
  /** By type, in alphabetical order. */
  readonly events: Readonly<Record<string, EventShape>>;
  /** By name, in the order of their definition. */
  readonly steps: Readonly<Record<string, StepShape>>;
  readonly end: {
    readonly ledger: string;
    readonly done: { readonly on: readonly string[]; readonly emit: string };
    readonly cancelled: { readonly on: readonly string[]; readonly emit: string };
  };
}

export interface EventShape {
  /** The revision in which it is recorded. */
  readonly revision: number;
  /** JSON Schema of its data, where its schema gives one. */
  readonly data?: Json;
}

export interface StepShape {
  readonly kind: StepKind;
  readonly work: SagaStep['work'];
  readonly by: string;
  readonly on: readonly string[];
  readonly ok: string;
  readonly fails: readonly string[];
  /** What it is undone with. */
  readonly undo?: string;
  /** The event with which another service is asked to. */
  readonly ask?: string;
  readonly undoneOn: readonly string[];
  readonly ledger: string;
  readonly effect: SagaStep['effect'];
  readonly retry: RetryPolicy;
  readonly deadline?: { readonly afterMs: number; readonly fails: boolean };
  /** Whether it waits in some runs only. */
  readonly isOptional: boolean;
  /** The source of the service that runs it. */
  readonly source?: string;
}

export interface ShapeOptions {
  /**
   * JSON Schema of an event's data, or `undefined` where there is none. Default: what the schema says of itself by Standard JSON
   * Schema, as zod's from 4.2 do.
   */
  readonly schemaOf?: (schema: EventSchemas[string], type: string) => unknown;
}

/**
 * The shape of one definition, in the same order whenever it is made.
 *
 * What functions do is not in it: not whether an optional step waits, nor what a step makes of its events. A change of those may
 * break runs that are under way, and nobody is warned.
 *
 * @example
 * ```ts
 * import { compareShapes, shapeOf } from '@everfold/saga/shape';
 * const changes = compareShapes(shapeOf(saga), shapeOf({ ...saga, maxHops: 200 }));
 * ```
 */
export function shapeOf(saga: AnySaga, options: ShapeOptions = {}): SagaShape {
  const { name, version, start, key, cancel, withinMs, maxHops, end } = saga;
  const { schemaOf = jsonSchemaOf } = options;
  const events = Object.entries(saga.events)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([type, schema]) => [type, eventShape(schema, schemaOf(schema, type))] as const);
  return {
    saga: name,
    version,
    start,
    key,
    ...(cancel === undefined ? {} : { cancel }),
    ...(withinMs === undefined ? {} : { withinMs }),
    maxHops,
    events: Object.fromEntries(events),
    steps: Object.fromEntries(saga.steps.map((step) => [step.name, stepShape(step)])),
    end: {
      ledger: end.ledger,
      done: { on: end.done.on, emit: end.done.emit },
      cancelled: { on: end.cancelled.on, emit: end.cancelled.emit },
    },
  };
}

function eventShape(schema: EventSchemas[string], data: unknown): EventShape {
  return { revision: revisionOf(schema), ...(data === undefined ? {} : { data: sorted(data) }) };
}

function stepShape(step: SagaStep): StepShape {
  const { kind, work, by, on, ok, fails, undo, undoneOn, ledger, effect, retry, deadline, when, contract } = step;
  return {
    kind,
    work,
    by,
    on,
    ok,
    fails,
    ...(undo ? { undo: undo.ok } : {}),
    ...(undo?.ask === undefined ? {} : { ask: undo.ask }),
    undoneOn,
    ledger,
    effect,
    retry,
    ...(deadline ? { deadline: { afterMs: deadline.afterMs, fails: deadline.fail !== undefined } } : {}),
    isOptional: when !== undefined,
    ...(contract ? { source: contract.source } : {}),
  };
}

/** JSON with its keys in alphabetical order: what generates a schema may order them anew. */
function sorted(value: unknown): Json {
  return JSON.parse(
    JSON.stringify(value, (_key, each: unknown) =>
      typeof each === 'object' && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)))
        : each,
    ),
  );
}
