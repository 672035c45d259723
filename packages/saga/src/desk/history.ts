import type { RecordedEvent } from '@everfold/core';
import type { ErrorNote } from '../error-note.js';
import {
  ATTEMPTED,
  type Attempted,
  type ByHand,
  FENCED,
  type Fenced,
  PARKED,
  type Parked,
  RESOLVED,
  RESUMED,
  STARTED,
  type Started,
  TOMBSTONED,
  type Tombstoned,
} from '../ledger.js';
import type { SagaStep } from '../step.js';

/** An entry of a ledger, readable. */
export interface LedgerLine {
  /** Its place in the ledger, from 1. */
  readonly version: number;
  /** ISO 8601. */
  readonly at: string;
  readonly type: string;
  /** What it says, in a sentence. */
  readonly says: string;
  /** Who asked for it, where that is known. */
  readonly actor?: string;
  readonly data: unknown;
}

/** Makes an entry of a step's ledger readable. */
export function lineOf(step: SagaStep, entry: RecordedEvent): LedgerLine {
  const { version, at, type, data, metadata } = entry;
  const { actor } = metadata;
  return { version, at, type, says: said(step, entry), ...(actor === undefined ? {} : { actor }), data };
}

function said({ undo, contract }: SagaStep, { type, data }: RecordedEvent): string {
  // Entries that begin with "$" are written by this package only.
  switch (type) {
    case STARTED: {
      const { trigger, deadline } = data as Started;
      return `begun upon ${trigger.type}${deadline === undefined ? '' : `, to be given up at ${deadline}`}`;
    }
    case ATTEMPTED: {
      const { work, error, next } = data as Attempted;
      return `${work} failed, to be tried again at ${next}: ${noted(error)}`;
    }
    case FENCED: {
      const { why, cause } = data as Fenced;
      return `given up (${why}) because of event ${cause}`;
    }
    case TOMBSTONED:
      return `barred because of event ${(data as Tombstoned).cause}`;
    case PARKED: {
      const { reason, error } = data as Parked;
      return `parked: ${reason}${error === undefined || reason.includes(error.message) ? '' : ` (${noted(error)})`}`;
    }
    case RESUMED:
      return `tried again by ${byWhom(data as ByHand)}`;
    case RESOLVED:
      return `resolved by ${byWhom(data as ByHand)}`;
    case undo?.ask:
      return `asked ${contract?.source} by ${type} to take its work back`;
    default:
      return `came to ${type}`;
  }
}

function noted({ name, message }: ErrorNote): string {
  return `${name}: ${message}`;
}

function byWhom({ by, reason }: ByHand): string {
  return `${by}: ${reason}`;
}
