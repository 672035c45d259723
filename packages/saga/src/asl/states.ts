/* The part of the Amazon States Language that a saga needs. Source: Amazon States Language, states-language.net/spec.html. */

/** A state machine, as `CreateStateMachine` takes it once it is JSON. */
export interface StateMachine {
  readonly Comment: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export type State = TaskState | ChoiceState | ParallelState | PassState | SucceedState | FailState;

/** Where a state leads. */
type Transition = { readonly Next: string } | { readonly End: true };

export type TaskState = {
  readonly Type: 'Task';
  readonly Comment?: string;
  readonly Resource: string;
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly ResultSelector?: Readonly<Record<string, string>>;
  /** Where the result is put into the input; `null` drops it. */
  readonly ResultPath: string | null;
  readonly TimeoutSeconds: number;
  readonly Retry: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
} & Transition;

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  /** Attempts after the first. */
  readonly MaxAttempts: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath: string;
  readonly Next: string;
}

/** A rule of a Choice state without where it leads, such as `{ Variable: '$.start.data.amountCents', NumericGreaterThan: 100000 }`. */
export type Condition = Readonly<Record<string, unknown>>;

export interface ChoiceState {
  readonly Type: 'Choice';
  readonly Comment?: string;
  readonly Choices: readonly (Condition & { readonly Next: string })[];
  readonly Default?: string;
}

export type ParallelState = {
  readonly Type: 'Parallel';
  readonly Branches: readonly Pick<StateMachine, 'StartAt' | 'States'>[];
  readonly ResultSelector: Readonly<Record<string, string>>;
  readonly ResultPath: string;
} & Transition;

export type PassState = {
  readonly Type: 'Pass';
  readonly Comment?: string;
  readonly Result?: unknown;
  readonly ResultPath?: string;
} & Transition;

export interface SucceedState {
  readonly Type: 'Succeed';
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Error: string;
  readonly Cause: string;
}
