import { defined, type RecordedEvent, StreamCorruptedError } from '@everfold/core';
import type { ErrorNote } from '../error-note.js';
import { EMPTY, type Ledger, PARKED, transition } from '../ledger.js';
import { producedBy, type SagaStep } from '../step.js';
import type { StepRow, TrackedError } from './run-row.js';

/** A row has room for many steps, so it keeps no more of a text. */
const LONGEST_TEXT = 300;

/**
 * A step's row after an entry in its ledger: what the ledger itself comes to, by the same state machine.
 *
 * @throws StreamCorruptedError when the entry cannot follow on the one before.
 */
export function stepAfter(step: SagaStep, row: StepRow | undefined, entry: RecordedEvent): StepRow | undefined {
  if (!isEntryOf(step, entry.type)) return row;
  const before = row === undefined ? EMPTY : toLedger(row, entry);
  const after = transition(step, before, entry);
  if (after === undefined) {
    const problem = `"${entry.type}" cannot follow in the ledger of step "${step.name}", which is ${before.status}`;
    throw new StreamCorruptedError(entry.stream, entry.version, problem);
  }
  return toRow(after, entry.type === PARKED ? entry.at : row?.parked?.since);
}

/** An event may be upcast to others beside those that the ledger goes by. */
function isEntryOf(step: SagaStep, type: string): boolean {
  return type.startsWith('$') || producedBy(step).includes(type);
}

/** The events that a ledger remembers decide nothing about what follows: any one stands in for them. */
function toLedger(
  { status, since, deadline, failure, asked, why, attempts, parked }: StepRow,
  any: RecordedEvent,
): Ledger {
  return defined({
    status,
    since,
    started: deadline === undefined ? undefined : { trigger: any, deadline },
    failure,
    asked,
    fenced: why && { why, cause: any.id },
    attempts: attempts && { ...attempts, cause: any },
    parked: parked && { ...parked, cause: any },
  });
}

function toRow(
  { status, since, started, failure, asked, fenced, attempts, parked }: Ledger,
  parkedSince?: string,
): StepRow {
  return defined({
    status,
    since,
    deadline: status === 'started' ? started?.deadline : undefined,
    failure,
    asked,
    why: fenced?.why,
    attempts: attempts && attemptsOf(attempts),
    parked: parked && parkedSince !== undefined ? parkedOf(parked, parkedSince) : undefined,
  });
}

function attemptsOf({ work, failed, next, error }: NonNullable<Ledger['attempts']>): NonNullable<StepRow['attempts']> {
  return { work, failed, next, error: briefly(error) };
}

function parkedOf(
  { work, reason, error }: NonNullable<Ledger['parked']>,
  since: string,
): NonNullable<StepRow['parked']> {
  return defined({ work, reason: short(reason), since, error: error && briefly(error) });
}

function briefly({ name, message }: ErrorNote): TrackedError {
  return { name: short(name), message: short(message) };
}

function short(text: string): string {
  // Half of a character would be none that JSON carries.
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
