import { type Commit, type NewEvent, type RecordedEvent, StreamCorruptedError } from '@everfold/core';
import type { AnyStep } from './step.js';

/*
 * The ledger of one step for one key: a small state machine that lives in a stream of its own. State decides, and the
 * order of arrival does not.
 *
 *   empty ─┬→ started ─┬→ ok ──→ undone
 *          │           ├→ failed
 *          │           └→ fenced → failed
 *          ├→ ok, failed          (a step that acts in the store only has no start to record)
 *          └→ tombstone           (undone before it was ever done)
 */

export type LedgerStatus = 'empty' | 'started' | 'fenced' | 'ok' | 'failed' | 'undone' | 'tombstone';

/** Ledger entries that are not outcomes: private to the ledger. */
export const STARTED = '$started';
export const FENCED = '$fenced';
export const TOMBSTONED = '$tombstoned';

/** A ledger as it stands. */
export interface Ledger {
  readonly status: LedgerStatus;
  /** The event that started the step, once it is started. */
  readonly trigger?: RecordedEvent;
  /** What the step succeeded with, once it has. */
  readonly outcome?: NewEvent;
}

const EMPTY: Ledger = { status: 'empty' };

const TRANSITIONS: Readonly<Record<LedgerStatus, readonly LedgerStatus[]>> = {
  empty: ['started', 'ok', 'failed', 'tombstone'],
  started: ['ok', 'failed', 'fenced'],
  fenced: ['failed'],
  ok: ['undone'],
  failed: [],
  undone: [],
  tombstone: [],
};

/**
 * The ledger after its commits.
 *
 * @throws StreamCorruptedError when an entry is none of the step's, or cannot follow on the one before.
 */
export function foldLedger(step: AnyStep, commits: readonly Commit[]): Ledger {
  let ledger = EMPTY;
  for (const commit of commits) {
    for (const [index, entry] of commit.events.entries()) {
      const status = statusAfter(step, entry.type);
      if (status === undefined || !TRANSITIONS[ledger.status].includes(status)) {
        const problem = `"${entry.type}" cannot follow in the ledger of step "${step.name}", which is ${ledger.status}`;
        throw new StreamCorruptedError(commit.stream, commit.version + index, problem);
      }
      ledger = { ...ledger, status, ...remember(status, entry) };
    }
  }
  return ledger;
}

function statusAfter(step: AnyStep, type: string): LedgerStatus | undefined {
  if (type === STARTED) return 'started';
  if (type === FENCED) return 'fenced';
  if (type === TOMBSTONED) return 'tombstone';
  if (type === step.ok) return 'ok';
  if (step.fails?.includes(type)) return 'failed';
  if (type === step.undo?.ok) return 'undone';
  return undefined;
}

function remember(status: LedgerStatus, entry: NewEvent): Partial<Ledger> {
  // A start entry's data is the trigger, written by this module.
  if (status === 'started') return { trigger: entry.data as RecordedEvent };
  return status === 'ok' ? { outcome: entry } : {};
}

/** What is to be done when the step's trigger arrives. */
export type Forward = 'start' | 'run' | 'nothing';

/** Decides on a trigger. A step that acts in the store only needs no start: its work and its outcome are one write. */
export function decideForward({ status }: Ledger, { effect }: Pick<AnyStep, 'effect'>): Forward {
  if (status === 'empty') return effect === 'store' ? 'run' : 'start';
  // Started before, and no outcome: the attempt crashed, or is still at work under the same idempotency key.
  return status === 'started' ? 'run' : 'nothing';
}

/** What is to be done when something arrives upon which the step is undone. */
export type Backward = 'tombstone' | 'fence' | 'fail' | 'undo' | 'nothing';

/** Decides on a compensation. */
export function decideBackward({ status }: Ledger): Backward {
  switch (status) {
    case 'empty':
      return 'tombstone';
    case 'started':
      return 'fence';
    case 'fenced':
      return 'fail';
    case 'ok':
      return 'undo';
    default:
      return 'nothing';
  }
}

/** Whether nothing of the step stands or ever will. */
export function isTakenBack({ status }: Ledger): boolean {
  return status === 'failed' || status === 'undone' || status === 'tombstone';
}
