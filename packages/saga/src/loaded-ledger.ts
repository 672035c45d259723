import {
  type Commit,
  type EventStore,
  endOf,
  type Metadata,
  type NewEvent,
  type Position,
  startOf,
} from '@everfold/core';
import { EMPTY, foldLedger, type Ledger } from './ledger.js';
import { ledgerStream, type SagaStep } from './step.js';

/** A ledger as it was read, and where it goes on. */
export interface LoadedLedger {
  readonly ledger: Ledger;
  readonly position: Position;
  /** The saga's version under which it was begun, if it was. */
  readonly sagaVersion?: number;
}

/** A ledger as it is before anything is entered. */
export function emptyLedger(step: SagaStep, key: string): LoadedLedger {
  return { ledger: EMPTY, position: startOf(ledgerStream(step, key)) };
}

/** Reads the ledger of a step for one key. Costs one Query. @throws StreamCorruptedError */
export async function loadLedger(store: EventStore, step: SagaStep, key: string): Promise<LoadedLedger> {
  const stream = ledgerStream(step, key);
  const commits: Commit[] = [];
  for await (const commit of store.read(stream)) commits.push(commit);
  const last = commits.at(-1);
  if (last === undefined) return emptyLedger(step, key);
  const sagaVersion = last.metadata.sagaVersion;
  return {
    ledger: foldLedger(step, commits),
    position: endOf(last),
    ...(typeof sagaVersion === 'number' ? { sagaVersion } : {}),
  };
}

/** Writes entries that are private to the ledger. Costs one PutItem. @throws ConflictError */
export async function enter(
  store: EventStore,
  after: Position,
  entries: readonly NewEvent[],
  metadata: Metadata,
): Promise<Position> {
  return endOf(await store.append({ after, events: entries, metadata }));
}
