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
}

/** A ledger as it is before anything is entered. */
export function emptyLedger(step: SagaStep, key: string): LoadedLedger {
  return { ledger: EMPTY, position: startOf(ledgerStream(step, key)) };
}

/**
 * The saga's version under which the last entry of a ledger was made, if there is one. Only the step of that version can read what
 * else it holds. Costs one Query, of one commit.
 */
export async function versionOf(store: EventStore, step: SagaStep, key: string): Promise<number | undefined> {
  for await (const { metadata } of store.read(ledgerStream(step, key), { backward: true, limit: 1 })) {
    return typeof metadata.sagaVersion === 'number' ? metadata.sagaVersion : undefined;
  }
  return undefined;
}

/** Reads the ledger of a step for one key. Costs one Query. @throws StreamCorruptedError */
export async function loadLedger(store: EventStore, step: SagaStep, key: string): Promise<LoadedLedger> {
  const stream = ledgerStream(step, key);
  const commits: Commit[] = [];
  for await (const commit of store.read(stream)) commits.push(commit);
  const last = commits.at(-1);
  if (last === undefined) return emptyLedger(step, key);
  return { ledger: foldLedger(step, commits), position: endOf(last) };
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
