import {
  type Commit,
  type EventStore,
  endOf,
  type Metadata,
  type NewEvent,
  type Position,
  startOf,
} from '@everfold/core';
import { foldLedger, type Ledger } from './ledger.js';
import { ledgerStream, type SagaStep } from './step.js';

/** A ledger as it was read, and where it goes on. */
export interface LoadedLedger {
  readonly ledger: Ledger;
  readonly position: Position;
}

/** A ledger as it is before anything is entered. */
export function emptyLedger(step: SagaStep, key: string): LoadedLedger {
  return { ledger: foldLedger(step, []), position: startOf(ledgerStream(step, key)) };
}

/** Reads the ledger of a step for one key. Costs one Query. */
export async function loadLedger(store: EventStore, step: SagaStep, key: string): Promise<LoadedLedger> {
  const stream = ledgerStream(step, key);
  const commits: Commit[] = [];
  for await (const commit of store.read(stream)) commits.push(commit);
  const last = commits.at(-1);
  return { ledger: foldLedger(step, commits), position: last ? endOf(last) : startOf(stream) };
}

/** Writes an entry that is private to the ledger. Costs one PutItem. @throws ConflictError */
export async function enter(
  store: EventStore,
  after: Position,
  entry: NewEvent,
  metadata: Metadata,
): Promise<Position> {
  return endOf(await store.append({ after, events: [entry], metadata }));
}
