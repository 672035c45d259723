import { type Decision, type NewEvent, type RecordedEvent, streamName } from '@everfold/core';
import type { Duration, RunInput, UndoInput } from './types.js';

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
  readonly undo?: {
    readonly ok: string;
    readonly run: (input: UndoInput<unknown>, services: unknown) => Promise<AnyOutcome>;
  };
  readonly timeout?: {
    readonly after: Duration;
    readonly fail: (input: RunInput<RecordedEvent>, services: unknown) => Promise<NewEvent>;
  };
}

/** A step with everything that is derived about it. */
export interface SagaStep extends AnyStep {
  readonly fails: readonly string[];
  /** Category of its ledger's streams. */
  readonly ledger: string;
  /** Events upon which it is undone: a direct successor, or a step parallel to it or to one before it, failed or was undone. */
  readonly undoneOn: readonly string[];
}

/** The failures of a step and its compensation: what makes those before and beside it take back their work. */
export function negativeOutcomes(step: AnyStep): string[] {
  return [...(step.fails ?? []), ...(step.undo ? [step.undo.ok] : [])];
}

/** The ledger stream of a step for one key. */
export function ledgerStream(step: Pick<SagaStep, 'ledger'>, key: string): string {
  return streamName(step.ledger, key);
}
