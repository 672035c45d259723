import type { EventData, EventSchemas } from '@everfold/core';
import type { Duration, EventNamed, FailInput, Outcome, RecordedNamed, Retry, RunInputOf, UndoInput } from './types.js';

/* The shapes of the kinds of steps. */

/** What all steps have. */
interface StepBase<TOn> {
  /** The participant that runs it, such as `payment`. */
  readonly by: string;
  /** What triggers it: an event, or `all` of several. */
  readonly on: TOn;
  /** Category of its ledger's streams. Default: `<saga>.<step>`. */
  readonly ledger?: string;
}

/** What all steps have that run in this code base. */
interface OwnStep<TSchemas extends EventSchemas, TOn, TOptional extends string, TOutcome extends string, TServices>
  extends StepBase<TOn> {
  /** What becomes of it when one of its functions throws. */
  readonly retry?: Retry;
  /**
   * Does the work. What it returns is a business outcome and is recorded; what it throws is transient and tried again,
   * so outside the store it must act under `idempotencyKey`.
   */
  readonly run: (
    input: NoInfer<RunInputOf<TSchemas, TOn, TOptional>>,
    services: TServices,
  ) => Promise<NoInfer<Outcome<EventNamed<TSchemas, TOutcome>>>>;
}

/** What happens when it cannot be known whether the step's work was done. */
export interface Timeout<
  TSchemas extends EventSchemas,
  TOn,
  TOptional extends string,
  TFail extends string,
  TServices,
> {
  /** From the moment the step was started. */
  readonly after: Duration;
  /** Makes sure at the provider, by `idempotencyKey`, that the work is not done and never will be; then names the failure. */
  readonly fail: (
    input: NoInfer<FailInput<RunInputOf<TSchemas, TOn, TOptional>>>,
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
  TOn,
  TOptional extends string,
  TOk extends string,
  TFail extends string,
  TUndone extends string,
  TServices,
> = OwnStep<TSchemas, TOn, TOptional, TOk | TFail, TServices> & {
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
} & Effect<Timeout<TSchemas, TOn, TOptional, TFail, TServices>>;

/** The step after which there is no way back: it may fail, but is never undone. */
export type PivotStep<
  TSchemas extends EventSchemas,
  TOn,
  TOptional extends string,
  TOk extends string,
  TFail extends string,
  TServices,
> = OwnStep<TSchemas, TOn, TOptional, TOk | TFail, TServices> & {
  readonly ok: TOk;
  readonly fails: readonly TFail[];
  readonly effect?: 'store' | 'outside';
  readonly timeout?: Timeout<TSchemas, TOn, TOptional, TFail, TServices>;
  readonly undo?: never;
};

/** A step after the pivot: it cannot fail, so it is retried until it succeeds. */
export type RetriableStep<TSchemas extends EventSchemas, TOn, TOk extends string, TServices> = OwnStep<
  TSchemas,
  TOn,
  never,
  TOk,
  TServices
> & {
  readonly ok: TOk;
  readonly effect?: 'store' | 'outside';
  readonly fails?: never;
  readonly undo?: never;
  readonly timeout?: never;
};

/** A step that waits for a fact from outside, such as somebody's approval: it does nothing, so there is nothing to undo. */
export interface WaitStep<
  TSchemas extends EventSchemas,
  TOn,
  TOptional extends string,
  TOk extends string,
  TFail extends string,
> extends StepBase<TOn> {
  /** The fact that lets the saga go on. */
  readonly ok: TOk;
  /** The facts upon which it is cancelled. */
  readonly fails: readonly TFail[];
  /** How long it waits, and what it comes to when it has waited in vain or is not needed any more. */
  readonly deadline: {
    /** From the moment it began to wait. */
    readonly after: Duration;
    readonly fail: (
      input: NoInfer<FailInput<RunInputOf<TSchemas, TOn, TOptional>>>,
    ) => NoInfer<EventNamed<TSchemas, TFail>>;
  };
  readonly run?: never;
  readonly undo?: never;
}

/** A step that waits in some runs of the saga only. */
export interface OptionalWaitStep<
  TSchemas extends EventSchemas,
  TOn extends string,
  TOk extends string,
  TFail extends string,
> extends WaitStep<TSchemas, TOn, never, TOk, TFail> {
  /** Whether it waits. Pure: it is asked by everybody who waits for the fact, and must answer each the same. */
  readonly when: (event: NoInfer<RecordedNamed<TSchemas, TOn>>) => boolean;
}

/** A service outside this code base that runs a step: it answers each trigger, and each request to take its work back, with an event of its own. */
export interface Contract {
  /** The source under which it publishes its answers. */
  readonly source: string;
}

/** What a step has that another service runs. */
interface ContractBase<TOn extends string, TOk extends string> extends StepBase<TOn>, Contract {
  readonly ok: TOk;
  readonly run?: never;
}

/** A step before the pivot that another service runs, and undoes when it is asked to. */
export type ContractStep<
  TSchemas extends EventSchemas,
  TOn extends string,
  TOk extends string,
  TFail extends string,
  TAsk extends string,
  TUndone extends string,
  TServices,
> = ContractBase<TOn, TOk> & {
  readonly fails: readonly [TFail, ...TFail[]];
  readonly undo: {
    /** The event that asks the service to take its work back. It is recorded once nothing that hangs on that work stands. */
    readonly ask: TAsk;
    /** Makes the data of that event. Pure. */
    readonly data: (
      input: NoInfer<UndoInput<EventData<TSchemas, TOk> | undefined>>,
    ) => NoInfer<EventData<TSchemas, TAsk>>;
    /** What the service answers when it has taken its work back; when it had not begun, it answers with a failure. */
    readonly ok: TUndone;
  };
  readonly deadline: ContractDeadline<TSchemas, TOn, TFail, TServices>;
};

/** The pivot, where another service runs it. */
export type ContractPivot<
  TSchemas extends EventSchemas,
  TOn extends string,
  TOk extends string,
  TFail extends string,
  TServices,
> = ContractBase<TOn, TOk> & {
  readonly fails: readonly TFail[];
  readonly undo?: never;
  readonly deadline: ContractDeadline<TSchemas, TOn, TFail, TServices>;
};

/** A step after the pivot that another service runs. */
export type ContractRetriable<TOn extends string, TOk extends string> = ContractBase<TOn, TOk> & {
  readonly fails?: never;
  readonly undo?: never;
  readonly deadline: { readonly after: Duration; readonly fail?: never };
};

/** How long an answer is waited for. Without `fail` the step is parked then, for somebody to look into. */
interface ContractDeadline<TSchemas extends EventSchemas, TOn extends string, TFail extends string, TServices> {
  /** From the moment the trigger arrived here. */
  readonly after: Duration;
  /** Makes sure at the service, by `idempotencyKey`, that the work is not done and never will be; then names the failure. */
  readonly fail?: Timeout<TSchemas, TOn, never, TFail, TServices>['fail'];
}
