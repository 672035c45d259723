import { type Decision, type NewEvent, type RecordedEvent, streamName } from '@everfold/core';
import type { Contract } from './step-types.js';
import type { All, Duration, FailInput, Retry, RunInput, UndoInput } from './types.js';

/** What a step's function returns, as the handlers see it. */
export type AnyOutcome = NewEvent & { readonly decisions?: readonly Decision[] };

/**
 * `compensatable`: a later failure undoes it. `wait`: it waits for a fact from outside, and has nothing to undo.
 * `pivot`: the point of no return. `retriable`: after it, and cannot fail.
 */
export type StepKind = 'compensatable' | 'wait' | 'pivot' | 'retriable';

/** What is done when a step is given up. */
export interface Deadline {
  readonly after: Duration;
  readonly fail?: (input: FailInput, services: unknown) => Promise<NewEvent> | NewEvent;
}

/** A step as its definition gives it: the builder's types have checked what is inside. */
export interface AnyStep {
  readonly name: string;
  readonly kind: StepKind;
  readonly by: string;
  readonly on: string | All;
  readonly ok: string;
  readonly fails?: readonly string[];
  readonly ledger?: string;
  readonly effect?: 'store' | 'outside';
  readonly retry?: Retry;
  readonly run?: (input: RunInput<RecordedEvent>, services: unknown) => Promise<AnyOutcome>;
  readonly undo?: {
    readonly ok: string;
    readonly run?: (input: UndoInput<unknown>, services: unknown) => Promise<AnyOutcome>;
    /** Where another service runs the step: the event with which it is asked, and the data of that. */
    readonly ask?: string;
    readonly data?: (input: UndoInput<unknown>) => unknown;
  };
  readonly timeout?: Deadline;
  readonly deadline?: Deadline;
  readonly when?: (event: RecordedEvent) => boolean;
  readonly source?: string;
}

/** A retry policy with its defaults filled in. */
export interface RetryPolicy {
  /** Attempts in all. */
  readonly attempts: number;
  /** The pause after the first attempt, milliseconds; each is twice the one before. */
  readonly firstMs: number;
  /** The longest pause, milliseconds. */
  readonly longestMs: number;
}

/** A step with everything that is derived about it. */
export interface SagaStep {
  readonly name: string;
  readonly kind: StepKind;
  /** The participant that runs it. */
  readonly by: string;
  /** Who does the work: this code, a fact from outside, or another service under a contract. */
  readonly work: 'run' | 'wait' | 'contract';
  /** The events that trigger it: all of them. */
  readonly on: readonly string[];
  readonly ok: string;
  readonly fails: readonly string[];
  /** Category of its ledger's streams. */
  readonly ledger: string;
  readonly effect: 'store' | 'outside';
  readonly retry: RetryPolicy;
  /** Set where the step runs here. */
  readonly run?: AnyStep['run'];
  readonly undo?: AnyStep['undo'];
  /** When it is given up, and how. Without `fail` it is parked then. */
  readonly deadline?: { readonly afterMs: number; readonly fail?: Deadline['fail'] };
  /** Whether an optional step waits. */
  readonly when?: AnyStep['when'];
  readonly contract?: Contract;
  /**
   * Events upon which it is undone, or barred when it was not begun: a step that follows on it, or one beside it or beside a step
   * before it, failed or was undone; or the saga was cancelled.
   */
  readonly undoneOn: readonly string[];
}

/** What a step itself ends with when its work does not stand. */
export function ownNegatives({ fails, undo }: Pick<SagaStep, 'fails' | 'undo'>): string[] {
  return [...fails, ...(undo ? [undo.ok] : [])];
}

/** All events that are recorded in a step's ledger, and nowhere else. */
export function producedBy(step: Pick<SagaStep, 'ok' | 'fails' | 'undo'>): string[] {
  return [...answersOf(step), ...(step.undo?.ask === undefined ? [] : [step.undo.ask])];
}

/** What a step may come to: where another service runs it, what that may answer. */
export function answersOf({ ok, ...step }: Pick<SagaStep, 'ok' | 'fails' | 'undo'>): string[] {
  return [ok, ...ownNegatives(step)];
}

/** The ledger stream of a step for one key. */
export function ledgerStream(step: Pick<SagaStep, 'ledger'>, key: string): string {
  return streamName(step.ledger, key);
}

/** Under what a run's step is known to whoever must do its work once, such as a payment provider. */
export function idempotencyKeyOf(saga: string, step: string, key: string): string {
  return `${saga}/${step}/${key}`;
}
