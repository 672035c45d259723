import { ATTEMPTED, FENCED, PARKED, RESOLVED, RESUMED, STARTED, TOMBSTONED } from '../ledger.js';
import type { LedgerNotice } from '../ports.js';
import type { AnySaga } from '../saga.js';
import { versionsOfStep } from '../versions.js';

/**
 * What an entry in a step's ledger counts as. `started`: at work, or waiting; a step that acts in the store only has no start of its own.
 * `ok`, `failed`, `undone`: what it came to. `asked`: the service that runs it is asked to take its work back. `attempted`: an attempt that failed. `given-up`: it is made void. `barred`: it will
 * never begin. `parked`: it waits for somebody; `resumed` and `resolved`: somebody looked into it.
 */
export type EntryKind =
  | 'started'
  | 'attempted'
  | 'ok'
  | 'failed'
  | 'undone'
  | 'asked'
  | 'given-up'
  | 'barred'
  | 'parked'
  | 'resumed'
  | 'resolved';

/** One for a metric. */
export interface EntryCount {
  readonly saga: string;
  readonly step: string;
  readonly kind: EntryKind;
}

const KINDS: ReadonlyMap<string, EntryKind> = new Map([
  [STARTED, 'started'],
  [ATTEMPTED, 'attempted'],
  [FENCED, 'given-up'],
  [TOMBSTONED, 'barred'],
  [PARKED, 'parked'],
  [RESUMED, 'resumed'],
  [RESOLVED, 'resolved'],
]);

/**
 * Makes the listener for `onEntry` that counts, step by step, what becomes of the saga: for metrics, and alarms on them. Costs
 * no request.
 *
 * @param saga - In all versions of which there are entries.
 * @param count - Is told of each entry once, after it was recorded: a process that dies in between has not told.
 *
 * @example
 * ```ts
 * const onEntry = countEntries(fulfilmentV2, ({ saga, step, kind }) => log(`${saga} ${step} ${kind}`));
 * ```
 */
export function countEntries(saga: AnySaga, count: (entry: EntryCount) => void): (notice: LedgerNotice) => void {
  return ({ step, type }) => {
    const kind = KINDS.get(type) ?? outcomeKind(saga, step, type);
    if (kind !== undefined) count({ saga: saga.name, step, kind });
  };
}

function outcomeKind(saga: AnySaga, name: string, type: string): EntryKind | undefined {
  for (const { step } of versionsOfStep(saga, name)) {
    if (type === step.ok) return 'ok';
    if (step.fails.includes(type)) return 'failed';
    if (type === step.undo?.ok) return 'undone';
    if (type === step.undo?.ask) return 'asked';
  }
  return undefined;
}
