import type { Decision, EventData, EventSchemas, NewEvent, RecordedEvent } from '@everfold/core';

/* The types of a definition. `TSchemas` are the saga's events; `TProgress` is what the steps so far have added up to. */

/** What the steps defined so far produce: the builder carries it from call to call. */
export interface Progress {
  /** Events that a later step may be triggered by: the start, and what steps succeed with. */
  readonly triggers: string;
  /** Events that have a producer. An event has one, so these are taken. */
  readonly produced: string;
  /** What each step's functions need, by name of the step. */
  readonly steps: object;
}

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

/** Given to `run`: the event that triggered the step. */
export interface RunInput<TEvent> extends StepContext {
  readonly event: TEvent;
}

/** Given to `undo`: what the step had come to, and the event because of which it is undone. */
export interface UndoInput<TData> extends StepContext {
  /** The data of the step's own outcome. */
  readonly outcome: TData;
  /** The failure, or the compensation of a later step, that set this off. */
  readonly cause: RecordedEvent;
}

/** A span of time: `30s`, `15m`, `2h` or `1d`. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd'}`;

/** What all steps have. */
interface StepBase<TSchemas extends EventSchemas, TOn extends string, TOutcome extends string, TServices> {
  /** The participant that runs it, such as `payment`. */
  readonly by: string;
  /** The event that triggers it. */
  readonly on: TOn;
  /** Category of its ledger's streams. Default: `<saga>.<step>`. */
  readonly ledger?: string;
  /**
   * Does the work. What it returns is a business outcome and is recorded; what it throws is transient and tried again,
   * so outside the store it must act under `idempotencyKey`.
   */
  readonly run: (
    input: NoInfer<RunInput<RecordedNamed<TSchemas, TOn>>>,
    services: TServices,
  ) => Promise<NoInfer<Outcome<EventNamed<TSchemas, TOutcome>>>>;
}

/** What happens when it cannot be known whether the step's work was done. */
export interface Timeout<TSchemas extends EventSchemas, TOn extends string, TFail extends string, TServices> {
  /** From the moment the step was started. */
  readonly after: Duration;
  /** Makes sure at the provider, by `idempotencyKey`, that the work is not done and never will be; then names the failure. */
  readonly fail: (
    input: NoInfer<RunInput<RecordedNamed<TSchemas, TOn>>>,
    services: TServices,
  ) => Promise<NoInfer<EventNamed<TSchemas, TFail>>>;
}

/**
 * Where the step acts.
 * `store`: only on streams of the same store; its decisions are committed in one transaction with the outcome.
 * `outside` (the default): also elsewhere; its start is recorded first, and a timeout says how to end what is unknown.
 */
type Effect<TTimeout> =
  | { readonly effect: 'store'; readonly timeout?: never }
  | { readonly effect?: 'outside'; readonly timeout: TTimeout };

/** A step that a later failure undoes. */
export type CompensatableStep<
  TSchemas extends EventSchemas,
  TOn extends string,
  TOk extends string,
  TFail extends string,
  TUndone extends string,
  TServices,
> = StepBase<TSchemas, TOn, TOk | TFail, TServices> & {
  /** What it succeeds with. */
  readonly ok: TOk;
  /** What it may fail with. */
  readonly fails: readonly TFail[];
  /** Takes back what the step did. Retried until it succeeds. */
  readonly undo: {
    readonly ok: TUndone;
    readonly run: (
      input: NoInfer<UndoInput<EventData<TSchemas, TOk>>>,
      services: TServices,
    ) => Promise<NoInfer<Outcome<EventNamed<TSchemas, TUndone>>>>;
  };
} & Effect<Timeout<TSchemas, TOn, TFail, TServices>>;

/** The step after which there is no way back: it may fail, but is never undone. */
export type PivotStep<
  TSchemas extends EventSchemas,
  TOn extends string,
  TOk extends string,
  TFail extends string,
  TServices,
> = StepBase<TSchemas, TOn, TOk | TFail, TServices> & {
  readonly ok: TOk;
  readonly fails: readonly TFail[];
  readonly effect?: 'store' | 'outside';
  readonly timeout?: Timeout<TSchemas, TOn, TFail, TServices>;
  readonly undo?: never;
};

/** A step after the pivot: it cannot fail, so it is retried until it succeeds. */
export type RetriableStep<TSchemas extends EventSchemas, TOn extends string, TOk extends string, TServices> = StepBase<
  TSchemas,
  TOn,
  TOk,
  TServices
> & {
  readonly ok: TOk;
  readonly effect?: 'store' | 'outside';
  readonly fails?: never;
  readonly undo?: never;
  readonly timeout?: never;
};

/** How the saga ends: exactly one of the two terminal events is ever recorded for a key. */
export interface End<
  TSchemas extends EventSchemas,
  TOn extends string,
  TDone extends string,
  TCancelled extends string,
> {
  readonly done: {
    readonly on: TOn;
    readonly emit: TDone;
    readonly data: (event: NoInfer<RecordedNamed<TSchemas, TOn>>) => NoInfer<EventData<TSchemas, TDone>>;
  };
  readonly cancelled: {
    readonly emit: TCancelled;
    /** Made from the failure or compensation of a root step that ended the saga. */
    readonly data: (cause: RecordedEvent, key: string) => NoInfer<EventData<TSchemas, TCancelled>>;
  };
}

/** Refuses, by a property that cannot be given, an end that leaves events without a producer. */
export type EveryEventHasAProducer<TForgotten extends string> = [TForgotten] extends [never]
  ? unknown
  : { readonly eventsThatNobodyEmits: TForgotten };
