import type { BatchOutcome } from './batch-outcome.js';
import type { SequencedRecord } from './source.js';

/** Records that are handed over together. */
export interface Batch {
  readonly records: readonly SequencedRecord[];
  /** How often it was handed over in vain, with these very records. */
  readonly failures: number;
}

/** How much is done about a failure. */
export interface RetryPolicy {
  readonly retries: number;
  readonly bisect: boolean;
}

/** What follows from an attempt: `done`, `givenUp` and `left` are the batch's records, in this order. */
export interface Step {
  /** What the consumer has taken. */
  readonly done: readonly SequencedRecord[];
  /** What it failed with to the end: for the dead letters. */
  readonly givenUp: readonly SequencedRecord[];
  /** What is to be handed over again. */
  readonly left: readonly Batch[];
}

/**
 * Decides what follows when a batch was handed over, as Lambda's event source mapping does.
 *
 * - Success: all is done.
 * - A failure: what is before the record that failed is done, and the rest is tried again until its retries are used up.
 *   The count begins anew when the failure has moved on to another record.
 * - A failure with `bisect`: the rest is another batch; or, with nothing before it, two. A split is no retry, so every
 *   part has all of its retries, and a record that always fails ends up alone.
 */
export function planStep(batch: Batch, outcome: BatchOutcome, { retries, bisect }: RetryPolicy): Step {
  const { records } = batch;
  if (outcome.kind === 'success') return { done: records, givenUp: [], left: [] };
  const done = records.slice(0, outcome.from);
  const rest = records.slice(outcome.from);
  const isSplit = bisect && records.length > 1;
  if (isSplit) return { done, givenUp: [], left: done.length > 0 ? [fresh(rest)] : halve(rest) };

  const failures = done.length > 0 ? 1 : batch.failures + 1;
  if (failures > retries) return { done, givenUp: rest, left: [] };
  return { done, givenUp: [], left: [{ records: rest, failures }] };
}

/** A batch that was not handed over yet. */
export function fresh(records: readonly SequencedRecord[]): Batch {
  return { records, failures: 0 };
}

function halve(records: readonly SequencedRecord[]): readonly Batch[] {
  const middle = Math.ceil(records.length / 2);
  return [fresh(records.slice(0, middle)), fresh(records.slice(middle))];
}
