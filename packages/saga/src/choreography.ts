import type { EventSchemas } from '@everfold/core';
import { type AnyEnd, type AnyOptions, buildSaga, type Saga } from './saga.js';
import type { AnyStep, StepKind } from './step.js';
import type {
  CompensatableStep,
  ContractPivot,
  ContractRetriable,
  ContractStep,
  OptionalWaitStep,
  PivotStep,
  RetriableStep,
  WaitStep,
} from './step-types.js';
import type { Duration, End, EveryEventHasAProducer, Free, KeyField, Progress, Trigger } from './types.js';

/** What a saga begins with. */
export interface SagaOptions<
  TSchemas extends EventSchemas,
  TStart extends keyof TSchemas & string,
  TCancel extends keyof TSchemas & string = never,
> {
  /** Begins the categories of its ledgers: letters, digits, "_" and ".". */
  readonly name: string;
  /** Raised when a running saga could not go on under the new definition. */
  readonly version: number;
  /** The event that starts it. */
  readonly start: TStart;
  /** The field that every event's data has, and that tells one run of the saga from another. */
  readonly key: KeyField<TSchemas>;
  /** All events of the saga, and no other: each must have exactly one producer. */
  readonly events: TSchemas;
  /**
   * The event with which somebody outside cancels a run, at any point before the pivot is past. Record it where you like, such as
   * in the stream of the start. When it comes too late, the run goes on to its end.
   */
  readonly cancel?: TCancel;
  /** In what time every run should have ended: the deadlines of its steps must fit into it, and what takes longer is stuck. */
  readonly within?: Duration;
  /** A start at the end of a longer chain of events, from the first cause over all sagas, is refused. Default 100. */
  readonly maxHops?: number;
}

/** A step's addition to the progress. */
type With<TProgress extends Progress, TTrigger extends string, TProduced extends string, TSteps> = {
  readonly triggers: TProgress['triggers'] | TTrigger;
  readonly optional: TProgress['optional'];
  readonly produced: TProgress['produced'] | TTrigger | TProduced;
  readonly steps: TProgress['steps'] & TSteps;
};

/** An optional step's addition: what it succeeds with may never happen. */
type WithOptional<TProgress extends Progress, TTrigger extends string, TProduced extends string, TSteps> = {
  readonly triggers: TProgress['triggers'];
  readonly optional: TProgress['optional'] | TTrigger;
  readonly produced: TProgress['produced'] | TTrigger | TProduced;
  readonly steps: TProgress['steps'] & TSteps;
};

/** The pivot's addition: what comes after hangs on the pivot alone, for nothing before it is settled until then. */
type WithPivot<TProgress extends Progress, TTrigger extends string, TProduced extends string, TSteps> = {
  readonly triggers: TTrigger;
  readonly optional: never;
  readonly produced: TProgress['produced'] | TTrigger | TProduced;
  readonly steps: TProgress['steps'] & TSteps;
};

/** A step that has no functions which need anything. */
type Named<TName extends string> = { readonly [N in TName]: unknown };

/**
 * A choreography in the making, before its pivot.
 *
 * The type parameters of the methods are inferred from the step and never written: each makes the next one's choice
 * smaller, which is what refuses an unknown or later trigger, and an event with two producers.
 */
export interface Choreography<TSchemas extends EventSchemas, TProgress extends Progress>
  extends Ending<TSchemas, TProgress> {
  /** Adds a step that a later failure undoes. */
  step<
    const TName extends string,
    const TOn extends Trigger<TProgress>,
    const TOk extends Free<TSchemas, TProgress>,
    const TFail extends Exclude<Free<TSchemas, TProgress>, TOk>,
    const TUndone extends Exclude<Free<TSchemas, TProgress>, TOk | TFail>,
    TServices = unknown,
  >(
    name: TName,
    step: CompensatableStep<TSchemas, TOn, TProgress['optional'], TOk, TFail, TUndone, TServices>,
  ): Choreography<TSchemas, With<TProgress, TOk, TFail | TUndone, { readonly [N in TName]: TServices }>>;

  /** Adds a step that waits for a fact from outside, such as somebody's approval: see `createFactRecorder`. */
  wait<
    const TName extends string,
    const TOn extends Trigger<TProgress>,
    const TOk extends Free<TSchemas, TProgress>,
    const TFail extends Exclude<Free<TSchemas, TProgress>, TOk>,
  >(
    name: TName,
    step: WaitStep<TSchemas, TOn, TProgress['optional'], TOk, TFail>,
  ): Choreography<TSchemas, With<TProgress, TOk, TFail, Named<TName>>>;

  /**
   * Adds a step that waits for a fact from outside in some runs only. Whoever waits for the fact names it beside the event that the
   * step is triggered by: `all('InventoryReserved', 'OrderApproved')`. Where it is not waited for, it costs nothing.
   */
  waitWhen<
    const TName extends string,
    const TOn extends TProgress['triggers'],
    const TOk extends Free<TSchemas, TProgress>,
    const TFail extends Exclude<Free<TSchemas, TProgress>, TOk>,
  >(
    name: TName,
    step: OptionalWaitStep<TSchemas, TOn, TOk, TFail>,
  ): Choreography<TSchemas, WithOptional<TProgress, TOk, TFail, Named<TName>>>;

  /**
   * Adds a step that a service outside this code base runs and undoes. It listens to two events of this saga, as
   * `contractPattern` says, and answers with events of its own: the trigger with a success or a failure; and `undo.ask` with the
   * compensation, or with a failure when it had not begun, and then it never does. Its handler here asks, and records the answers.
   */
  contract<
    const TName extends string,
    const TOn extends TProgress['triggers'],
    const TOk extends Free<TSchemas, TProgress>,
    const TFail extends Exclude<Free<TSchemas, TProgress>, TOk>,
    const TAsk extends Exclude<Free<TSchemas, TProgress>, TOk | TFail>,
    const TUndone extends Exclude<Free<TSchemas, TProgress>, TOk | TFail | TAsk>,
    TServices = unknown,
  >(
    name: TName,
    step: ContractStep<TSchemas, TOn, TOk, TFail, TAsk, TUndone, TServices>,
  ): Choreography<TSchemas, With<TProgress, TOk, TFail | TAsk | TUndone, { readonly [N in TName]: TServices }>>;

  /** Adds the step after which there is no way back. All steps before it must lead to it. */
  pivot<
    const TName extends string,
    const TOn extends Trigger<TProgress>,
    const TOk extends Free<TSchemas, TProgress>,
    const TFail extends Exclude<Free<TSchemas, TProgress>, TOk>,
    TServices = unknown,
  >(
    name: TName,
    step: PivotStep<TSchemas, TOn, TProgress['optional'], TOk, TFail, TServices>,
  ): PivotedChoreography<TSchemas, WithPivot<TProgress, TOk, TFail, { readonly [N in TName]: TServices }>>;

  /** Adds a pivot that a service outside this code base runs. */
  contractPivot<
    const TName extends string,
    const TOn extends TProgress['triggers'],
    const TOk extends Free<TSchemas, TProgress>,
    const TFail extends Exclude<Free<TSchemas, TProgress>, TOk>,
    TServices = unknown,
  >(
    name: TName,
    step: ContractPivot<TSchemas, TOn, TOk, TFail, TServices>,
  ): PivotedChoreography<TSchemas, WithPivot<TProgress, TOk, TFail, { readonly [N in TName]: TServices }>>;
}

/** A choreography in the making, after its pivot: what follows cannot fail. */
export interface PivotedChoreography<TSchemas extends EventSchemas, TProgress extends Progress>
  extends Ending<TSchemas, TProgress> {
  /** Adds a step that is retried until it succeeds. */
  step<
    const TName extends string,
    const TOn extends Trigger<TProgress>,
    const TOk extends Free<TSchemas, TProgress>,
    TServices = unknown,
  >(
    name: TName,
    step: RetriableStep<TSchemas, TOn, TOk, TServices>,
  ): PivotedChoreography<TSchemas, With<TProgress, TOk, never, { readonly [N in TName]: TServices }>>;

  /** Adds a step that a service outside this code base runs until it succeeds. */
  contract<
    const TName extends string,
    const TOn extends TProgress['triggers'],
    const TOk extends Free<TSchemas, TProgress>,
  >(
    name: TName,
    step: ContractRetriable<TOn, TOk>,
  ): PivotedChoreography<TSchemas, With<TProgress, TOk, never, Named<TName>>>;
}

/** What can be ended. */
export interface Ending<TSchemas extends EventSchemas, TProgress extends Progress> {
  /**
   * Ends the definition.
   *
   * @throws InvalidSagaError when something is wrong that types cannot see.
   */
  end<
    const TOn extends Trigger<TProgress>,
    const TDone extends Free<TSchemas, TProgress>,
    const TCancelled extends Exclude<Free<TSchemas, TProgress>, TDone>,
  >(
    end: End<TSchemas, TOn, TDone, TCancelled> &
      EveryEventHasAProducer<Exclude<Free<TSchemas, TProgress>, TDone | TCancelled>>,
  ): Saga<TSchemas, TProgress['steps']>;
}

/**
 * Defines a saga as a choreography: no coordinator runs; each participant reacts to events of the others, and its outcome
 * is an event. Handlers, rule patterns and the order of compensation are derived from the definition.
 *
 * Refused by the compiler: an unknown or later trigger (hence any cycle), an event with two producers, a wrong payload, an
 * undeclared failure, a missing undo, an event that nobody emits.
 *
 * @throws InvalidSagaError when something is wrong that types cannot see.
 *
 * @example
 * ```ts
 * const orderId = z.string();
 * const events = defineEvents({
 *   Placed: z.object({ orderId }), Held: z.object({ orderId }), SoldOut: z.object({ orderId }), Released: z.object({ orderId }),
 *   Sent: z.object({ orderId }), Lost: z.object({ orderId }), Completed: z.object({ orderId }), Cancelled: z.object({ orderId }),
 * });
 *
 * const fulfilment = choreography({ name: 'fulfilment', version: 1, start: 'Placed', key: 'orderId', events })
 *   .step('hold', {
 *     by: 'inventory', on: 'Placed', ok: 'Held', fails: ['SoldOut'], effect: 'store',
 *     run: async ({ key }) => ({ type: 'Held', data: { orderId: key } }),
 *     undo: { ok: 'Released', run: async ({ key }) => ({ type: 'Released', data: { orderId: key } }) },
 *   })
 *   .pivot('send', {
 *     by: 'shipping', on: 'Held', ok: 'Sent', fails: ['Lost'],
 *     run: async ({ key, idempotencyKey }, { carrier }: { carrier: { send(key: string): Promise<boolean> } }) =>
 *       (await carrier.send(idempotencyKey)) ? { type: 'Sent', data: { orderId: key } } : { type: 'Lost', data: { orderId: key } },
 *   })
 *   .end({
 *     done: { on: 'Sent', emit: 'Completed', data: ({ data }) => data },
 *     cancelled: { emit: 'Cancelled', data: (_cause, key) => ({ orderId: key }) },
 *   });
 * ```
 */
export function choreography<
  const TSchemas extends EventSchemas,
  const TStart extends keyof TSchemas & string,
  const TCancel extends Exclude<keyof TSchemas & string, TStart> = never,
>(
  options: SagaOptions<TSchemas, TStart, TCancel>,
): Choreography<
  TSchemas,
  { readonly triggers: TStart; readonly optional: never; readonly produced: TStart | TCancel; readonly steps: object }
> {
  return build(options, [], false) as never;
}

/** The one implementation behind the builder's types: it collects, and checks at the end. */
function build(options: AnyOptions, steps: readonly AnyStep[], pivoted: boolean): unknown {
  const add = (kind: StepKind) => (name: string, step: Omit<AnyStep, 'name' | 'kind'>) =>
    build(options, [...steps, { ...step, name, kind }], pivoted || kind === 'pivot');
  const step = add(pivoted ? 'retriable' : 'compensatable');
  const wait = add('wait');
  const pivot = add('pivot');
  return {
    step,
    contract: step,
    wait,
    waitWhen: wait,
    pivot,
    contractPivot: pivot,
    end: (end: AnyEnd) => buildSaga(options, steps, end),
  };
}
