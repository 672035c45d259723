import type { AnySaga } from '../saga.js';
import type { SagaStep } from '../step.js';

/** One way in which a run of a saga may go. */
export type SagaOutcome =
  /** Everything succeeds, and nothing optional is waited for. */
  | { readonly kind: 'completed' }
  /** An optional step is needed, and what it waits for comes. */
  | { readonly kind: 'waited'; readonly step: string }
  /** A step fails, with an event of this type. */
  | { readonly kind: 'failed'; readonly step: string; readonly type: string }
  /**
   * The answer that a step needs never comes. `type` is the failure that it then comes to; a step that does not say how to fail is
   * parked.
   */
  | { readonly kind: 'timedOut'; readonly step: string; readonly type?: string }
  /** Somebody cancels it from outside, when an event of this type has happened and nobody has heard of it yet. */
  | { readonly kind: 'cancelled'; readonly after: string };

/**
 * Lists the ways in which a run of a saga may go: completed, each optional wait, each failure of each step, each timeout, and
 * where it can be cancelled, a cancellation before the pivot and one that comes too late.
 *
 * Which of several failures a timeout comes to is decided inside the definition; the last one of the step stands for it here.
 *
 * @example
 * ```ts
 * import { mermaidSequence, outcomesOf, titleOf } from '@everfold/saga/diagrams';
 * for (const outcome of outcomesOf(saga)) console.log(titleOf(outcome), await mermaidSequence(saga, outcome));
 * ```
 */
export function outcomesOf(saga: AnySaga): SagaOutcome[] {
  return [
    { kind: 'completed' },
    ...saga.steps.flatMap(({ name, when }): SagaOutcome[] => (when ? [{ kind: 'waited', step: name }] : [])),
    ...saga.steps.flatMap(({ name, fails }) =>
      fails.map((type): SagaOutcome => ({ kind: 'failed', step: name, type })),
    ),
    ...saga.steps.flatMap(timeoutOf),
    ...cancellationsOf(saga),
  ];
}

function timeoutOf({ name, deadline, fails, work }: SagaStep): SagaOutcome[] {
  if (deadline === undefined || (deadline.fail === undefined && work !== 'contract')) return [];
  const type = deadline.fail ? fails.at(-1) : undefined;
  return [{ kind: 'timedOut', step: name, ...(type === undefined ? {} : { type }) }];
}

function cancellationsOf({ cancel, steps }: AnySaga): SagaOutcome[] {
  const pivot = steps.find(({ kind }) => kind === 'pivot');
  if (cancel === undefined || pivot === undefined) return [];
  const [before = pivot.ok] = pivot.on;
  return [before, pivot.ok].map((after) => ({ kind: 'cancelled', after }));
}

/** What a reader calls an outcome. */
export function titleOf(outcome: SagaOutcome): string {
  switch (outcome.kind) {
    case 'completed':
      return 'Completed';
    case 'waited':
      return `Completed, after "${outcome.step}" was waited for`;
    case 'failed':
      return `"${outcome.step}" fails with ${outcome.type}`;
    case 'timedOut':
      return `"${outcome.step}" has no answer in time`;
    case 'cancelled':
      return `Cancelled from outside, after ${outcome.after}`;
  }
}
