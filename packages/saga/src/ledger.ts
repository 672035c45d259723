import { type Commit, type RecordedEvent, recordedEvents, StreamCorruptedError } from '@everfold/core';
import type { ErrorNote } from './error-note.js';
import type { SagaStep } from './step.js';
import type { FailReason } from './types.js';

/*
 * The ledger of one step for one key: a small state machine that lives in a stream of its own. State decides, and the
 * order of arrival does not.
 *
 *   empty ─┬→ started ─┬→ ok ──→ undone
 *          │           ├→ failed
 *          │           └→ fenced → failed
 *          ├→ ok, failed          (a step that acts in the store only has no start to record)
 *          └→ tombstone           (undone before it was ever done)
 *
 * Beside its status it knows what it is about to try again, and whether it is parked: then it waits for somebody. Where another
 * service runs the step, it knows whether that was asked to take its work back: only then may it be undone.
 */

export type LedgerStatus = 'empty' | 'started' | 'fenced' | 'ok' | 'failed' | 'undone' | 'tombstone';

/* Ledger entries that are not outcomes: private to the ledger. */

/** The step is at work, or waits: {@link Started}. */
export const STARTED = '$started';
/** One of its functions threw: {@link Attempted}. */
export const ATTEMPTED = '$attempted';
/** It is given up: no outcome of it but a failure can be recorded any more: {@link Fenced}. */
export const FENCED = '$fenced';
/** It is barred: it never began, and never will: {@link Tombstoned}. */
export const TOMBSTONED = '$tombstoned';
/** It waits for somebody to look into it: {@link Parked}. */
export const PARKED = '$parked';
/** Somebody has it tried again: {@link ByHand}. */
export const RESUMED = '$resumed';
/** Somebody says what it came to; the outcome follows in the same commit: {@link ByHand}. */
export const RESOLVED = '$resolved';

/** What a step was doing when it went wrong. */
export type Work = 'run' | 'undo' | 'fail';

export interface Started {
  /** The event that triggered it: of several, the first that the definition names. */
  readonly trigger: RecordedEvent;
  /** The others. */
  readonly with?: readonly RecordedEvent[];
  /** ISO 8601: when it is given up. */
  readonly deadline?: string;
}

export interface Attempted {
  readonly work: Work;
  readonly error: ErrorNote;
  /** ISO 8601: when it is tried again. */
  readonly next: string;
  /** Why it is undone, when it is: the next attempt acts upon it as well. */
  readonly cause?: RecordedEvent;
}

export interface Fenced {
  readonly why: FailReason;
  /** Id of the event because of which it is given up. */
  readonly cause: string;
}

export interface Tombstoned {
  /** Id of the event because of which it is barred. */
  readonly cause: string;
}

export interface Parked {
  readonly work: Work;
  /** Why, for whoever is called. */
  readonly reason: string;
  readonly error?: ErrorNote;
  /** Why it is undone, when it is. */
  readonly cause?: RecordedEvent;
}

export interface ByHand {
  readonly by: string;
  readonly reason: string;
}

/** Attempts that failed, of what the step is doing now; and the last of them. */
export interface Attempts extends Attempted {
  readonly failed: number;
}

/** A ledger as it stands. */
export interface Ledger {
  readonly status: LedgerStatus;
  /** ISO 8601: when it came to this status. */
  readonly since?: string;
  /** What started the step, once it is started. */
  readonly started?: Started;
  /** What the step succeeded with, once it has. */
  readonly outcome?: RecordedEvent;
  /** Type of the failure that it came to, once it has. */
  readonly failure?: string;
  /** ISO 8601: when the service that runs it was asked to take its work back, once it was. */
  readonly asked?: string;
  /** Why it was fenced, once it was. */
  readonly fenced?: Fenced;
  readonly attempts?: Attempts;
  readonly parked?: Parked;
}

export const EMPTY: Ledger = { status: 'empty' };

const TRANSITIONS: Readonly<Record<LedgerStatus, readonly LedgerStatus[]>> = {
  empty: ['started', 'ok', 'failed', 'tombstone'],
  started: ['ok', 'failed', 'fenced'],
  fenced: ['failed'],
  ok: ['undone'],
  failed: [],
  undone: [],
  tombstone: [],
};

declare const EVERFOLD_WITHOUT_CONTRACTS: true | undefined;

function canBecome(step: SagaStep, ledger: Ledger, status: LedgerStatus): boolean {
  // Another service's answers come in any order: once it was asked, it may have undone what we have not heard it had done. One that was
  // not asked has nothing to take back.
  if (typeof EVERFOLD_WITHOUT_CONTRACTS === 'undefined' && step.work === 'contract' && status === 'undone')
    return ledger.asked !== undefined && mayStand(ledger);
  return TRANSITIONS[ledger.status].includes(status) || (status === 'tombstone' && isBarrable(step, ledger));
}

/** The ledger after an entry, or `undefined` when the entry cannot follow. The whole of the state machine is here. */
export function transition(step: SagaStep, ledger: Ledger, entry: RecordedEvent): Ledger | undefined {
  // Entries that begin with "$" are written by this package only.
  switch (entry.type) {
    case ATTEMPTED:
      return isOpen(ledger) ? { ...ledger, attempts: attemptsAfter(ledger, entry.data as Attempted) } : undefined;
    case PARKED:
      return isOpen(ledger) ? { ...ledger, parked: entry.data as Parked } : undefined;
    case RESUMED:
    case RESOLVED: {
      const { parked, attempts: _tried, ...rest } = ledger;
      return parked === undefined ? undefined : { ...rest, ...remainingWork(parked, entry.at) };
    }
  }
  if (typeof EVERFOLD_WITHOUT_CONTRACTS === 'undefined' && entry.type === step.undo?.ask)
    return isAskable(ledger) ? { ...ledger, asked: entry.at } : undefined;
  const next = statusAfter(step, entry);
  if (next === undefined || !canBecome(step, ledger, next.status)) return undefined;
  const { attempts: _done, parked: _ended, ...rest } = ledger;
  return { ...rest, since: entry.at, ...next };
}

/** What was done does not say that it is to be undone: that is known from the parked attempt alone. */
function remainingWork({ work, error, cause }: Parked, at: string): Partial<Ledger> {
  if (work !== 'undo' || cause === undefined) return {};
  return { attempts: { work, failed: 0, next: at, cause, error: error ?? { name: 'Error', message: 'unknown' } } };
}

/** Whether there is something that can go wrong: it is at work, being given up, or done and so perhaps being undone. */
function isOpen({ status }: Ledger): boolean {
  return status === 'started' || status === 'fenced' || status === 'ok';
}

/**
 * Whether the service that runs a step can be asked to take its work back: once, as long as something may come of it. So is one
 * for whose answer somebody was called: it may have done its work all the same.
 */
export function isAskable(ledger: Ledger): boolean {
  return ledger.asked === undefined && mayStand(ledger);
}

/** Whether something of another service's work may stand, as far as is known here. */
function mayStand({ status }: Ledger): boolean {
  return status === 'empty' || status === 'started' || status === 'ok';
}

function attemptsAfter(ledger: Ledger, attempted: Attempted): Attempts {
  return { ...attempted, failed: failedSoFar(ledger, attempted.work) + 1 };
}

/** How often this work has failed in a row. */
export function failedSoFar({ attempts }: Ledger, work: Work): number {
  return attempts?.work === work ? attempts.failed : 0;
}

/** The status that an entry leads to, and what is remembered of it. */
function statusAfter({ ok, fails, undo }: SagaStep, entry: RecordedEvent): Ledger | undefined {
  switch (entry.type) {
    case STARTED:
      return { status: 'started', started: entry.data as Started };
    case FENCED:
      return { status: 'fenced', fenced: entry.data as Fenced };
    case TOMBSTONED:
      return { status: 'tombstone' };
    case ok:
      return { status: 'ok', outcome: entry };
    case undo?.ok:
      return { status: 'undone' };
    default:
      return fails.includes(entry.type) ? { status: 'failed', failure: entry.type } : undefined;
  }
}

/**
 * The ledger after its commits.
 *
 * @throws StreamCorruptedError when an entry is none of the step's, or cannot follow on the one before.
 */
export function foldLedger(step: SagaStep, commits: readonly Commit[]): Ledger {
  let ledger = EMPTY;
  for (const entry of commits.flatMap(recordedEvents)) {
    const next = transition(step, ledger, entry);
    if (next === undefined) {
      const problem = `"${entry.type}" cannot follow in the ledger of step "${step.name}", which is ${ledger.status}`;
      throw new StreamCorruptedError(entry.stream, entry.version, problem);
    }
    ledger = next;
  }
  return ledger;
}

/** Whether nothing of the step stands or ever will: then nothing follows any more. */
export function isTakenBack({ status }: Ledger): boolean {
  return TRANSITIONS[status].length === 0;
}

/**
 * Whether a tombstone ends the step: it was not begun, or nothing of it can be under way, because its work and its outcome are
 * one write. Another service is not bound by it.
 */
export function isBarrable({ work, effect }: Pick<SagaStep, 'work' | 'effect'>, { status }: Ledger): boolean {
  if (work === 'contract') return false;
  return status === 'empty' || (status === 'started' && work === 'run' && effect === 'store');
}
