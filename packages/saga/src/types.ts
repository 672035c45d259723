import type { Decision, EventData, EventSchemas, NewEvent, RecordedEvent } from '@everfold/core';

/* The types of a definition. `TSchemas` are the saga's events; `TProgress` is what the steps so far have added up to. */

/** What the steps defined so far produce: the builder carries it from call to call. */
export interface Progress {
  /** Events that a later step may be triggered by: the start, and what steps succeed with. */
  readonly triggers: string;
  /** What steps succeed with that not every run of the saga goes through: such an event can only be waited for beside another. */
  readonly optional: string;
  /** Events that have a producer. An event has one, so these are taken. */
  readonly produced: string;
  /** What each step's functions need, by name of the step. */
  readonly steps: object;
}

/** Several events that must all have happened: see {@link all}. */
export interface All<TTypes extends readonly string[] = readonly string[]> {
  readonly all: TTypes;
}

/**
 * Has a step wait for several events: it is triggered when all of them have happened, in whatever order.
 *
 * The step is given all of them. Each of the events calls its handler, which looks for the others: one Query for each.
 *
 * @param types - At least two, none of which comes after another. An optional one stands beside the event upon which it is
 *   decided whether it is waited for.
 *
 * @example
 * ```ts
 * const both = all('HotelBooked', 'CarBooked');
 * ```
 */
export function all<const TTypes extends readonly [string, string, ...string[]]>(...types: TTypes): All<TTypes> {
  return { all: types };
}

/** What may trigger a step. */
export type Trigger<TProgress extends Progress> =
  | TProgress['triggers']
  | All<readonly (TProgress['triggers'] | TProgress['optional'])[]>;

/** The types that a trigger names. */
export type TypesOf<TOn> = TOn extends string ? TOn : TOn extends All<infer TTypes> ? TTypes[number] : never;

/** The first of the types that a trigger names. */
export type FirstOf<TOn> = TOn extends string
  ? TOn
  : TOn extends All<readonly [infer TFirst extends string, ...string[]]>
    ? TFirst
    : never;

/** Names of the events that nobody produces yet. */
export type Free<TSchemas extends EventSchemas, TProgress extends Progress> = Exclude<
  keyof TSchemas & string,
  TProgress['produced']
>;

/** The union of new events of these types. */
export type EventNamed<TSchemas extends EventSchemas, TType extends keyof TSchemas> = {
  [T in TType & string]: NewEvent<T, EventData<TSchemas, T>>;
}[TType & string];

/** The union of recorded events of these types. */
export type RecordedNamed<TSchemas extends EventSchemas, TType extends keyof TSchemas> = {
  [T in TType & string]: RecordedEvent<T, EventData<TSchemas, T>>;
}[TType & string];

/** Fields that the data of every event has as a string: one of them is the saga's key. */
export type KeyField<TSchemas extends EventSchemas> = StringField<EventData<TSchemas, keyof TSchemas>>;

/** Of a union of data types, `keyof` gives what all of them have. */
type StringField<TData> = {
  [TField in keyof TData & string]: TData[TField] extends string ? TField : never;
}[keyof TData & string];

/** An outcome, with the decisions on other streams of the same store that are committed together with it. */
export type Outcome<TEvent> = TEvent & { readonly decisions?: readonly Decision[] };

/** What a step's functions are given beside the event. */
export interface StepContext {
  /** The saga's key: the value of the key field in every event. */
  readonly key: string;
  /**
   * The same for all attempts of this step for this key, and for no other: `<saga>/<step>/<key>`. Give it to whoever acts
   * outside the store. `undo` and `timeout.fail` get the very key that `run` acted under.
   */
  readonly idempotencyKey: string;
}

/** Given to `run`: what triggered the step. */
export interface RunInput<TEvent, TEvents = unknown> extends StepContext {
  /** The event that triggered the step: of several, the first that its definition names. */
  readonly event: TEvent;
  /** All that triggered it, by type. An optional one that was not waited for is not there. */
  readonly events: TEvents;
}

/** What `run` is given, by the trigger. */
export type RunInputOf<TSchemas extends EventSchemas, TOn, TOptional extends string> = RunInput<
  RecordedNamed<TSchemas, FirstOf<TOn>>,
  {
    readonly [T in TypesOf<TOn>]: RecordedNamed<TSchemas, T> | (T extends TOptional ? undefined : never);
  }
>;

/**
 * Why a step is given up.
 * `timeout`: its time is over. `exhausted`: it has thrown as often as its retry policy lets it.
 * `compensation`: what depends on it or runs beside it failed, or the saga was cancelled.
 */
export type FailReason = 'timeout' | 'exhausted' | 'compensation';

/** Given to `fail`: what triggered the step, and why it is given up. */
export type FailInput<TInput = RunInput<RecordedEvent>> = TInput & { readonly why: FailReason };

/** Given to `undo`: what the step had come to, and the event because of which it is undone. */
export interface UndoInput<TData> extends StepContext {
  /** The data of the step's own outcome. Where another service is asked: `undefined` when it has not answered yet. */
  readonly outcome: TData;
  /** The failure, the compensation of a later step, or the cancellation that set this off. */
  readonly cause: RecordedEvent;
}

/** A span of time: `30s`, `15m`, `2h` or `1d`. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd'}`;

/** How often a step is tried that throws, and with what pauses: each is twice the one before. */
export interface Retry {
  /** Attempts in all, from 1. Default 5. */
  readonly attempts?: number;
  /** The pause after the first attempt. Default `1m`, which is as fine as Amazon EventBridge Scheduler counts. */
  readonly first?: Duration;
  /** The longest pause. Default `15m`. */
  readonly longest?: Duration;
}

/** How the saga ends: exactly one of the two terminal events is ever recorded for a key. */
export interface End<TSchemas extends EventSchemas, TOn, TDone extends string, TCancelled extends string> {
  readonly done: {
    /** What it is done upon: an event, or `all` of several. */
    readonly on: TOn;
    readonly emit: TDone;
    readonly data: (
      event: NoInfer<RecordedNamed<TSchemas, FirstOf<TOn>>>,
      events: NoInfer<{ readonly [T in TypesOf<TOn>]: RecordedNamed<TSchemas, T> }>,
    ) => NoInfer<EventData<TSchemas, TDone>>;
  };
  readonly cancelled: {
    readonly emit: TCancelled;
    /** Made from the failure or compensation of a root step that ended the saga, or from its cancellation. */
    readonly data: (cause: RecordedEvent, key: string) => NoInfer<EventData<TSchemas, TCancelled>>;
  };
}

/** Refuses, by a property that cannot be given, an end that leaves events without a producer. */
export type EveryEventHasAProducer<TForgotten extends string> = [TForgotten] extends [never]
  ? unknown
  : { readonly eventsThatNobodyEmits: TForgotten };
