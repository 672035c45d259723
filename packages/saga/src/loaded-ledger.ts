import {
  type Commit,
  endOf,
  type Metadata,
  type NewEvent,
  type Position,
  type StreamStore,
  startOf,
} from '@everfold/core';
import { EMPTY, foldLedger, type Ledger } from './ledger.js';
import type { AnySaga } from './saga.js';
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
async function versionOf(store: StreamStore, step: SagaStep, key: string): Promise<number | undefined> {
  for await (const { metadata } of store.read(ledgerStream(step, key), { backward: true, limit: 1 })) {
    return typeof metadata.sagaVersion === 'number' ? metadata.sagaVersion : undefined;
  }
  return undefined;
}

declare const EVERFOLD_WITHOUT_EARLIER: true | undefined;

/**
 * Of the versions under which something may have been begun, the one under which it was: the ledgers say it. Costs a Query for
 * each ledger, until one says it; nothing where there is one version only.
 *
 * @param ledgersOf - The steps of a version whose ledgers are looked into.
 * @returns `undefined` when none of the ledgers was begun under the version that it is looked into for.
 */
export async function begunUnder<TVersion extends { readonly saga: Pick<AnySaga, 'version'> }>(
  store: StreamStore,
  versions: readonly TVersion[],
  ledgersOf: (version: TVersion) => readonly SagaStep[],
  key: string,
): Promise<TVersion | undefined> {
  return typeof EVERFOLD_WITHOUT_EARLIER === 'undefined' && versions.length > 1
    ? firstBegun(store, versions, ledgersOf, key)
    : versions[0];
}

async function firstBegun<TVersion extends { readonly saga: Pick<AnySaga, 'version'> }>(
  store: StreamStore,
  versions: readonly TVersion[],
  ledgersOf: (version: TVersion) => readonly SagaStep[],
  key: string,
): Promise<TVersion | undefined> {
  for (const version of versions) {
    for (const step of ledgersOf(version))
      if ((await versionOf(store, step, key)) === version.saga.version) return version;
  }
  return undefined;
}

/** Reads the ledger of a step for one key. Costs one Query. @throws StreamCorruptedError */
export async function loadLedger(store: StreamStore, step: SagaStep, key: string): Promise<LoadedLedger> {
  const stream = ledgerStream(step, key);
  const commits: Commit[] = [];
  for await (const commit of store.read(stream)) commits.push(commit);
  const last = commits.at(-1);
  if (last === undefined) return emptyLedger(step, key);
  return { ledger: foldLedger(step, commits), position: endOf(last) };
}

/** Writes entries that are private to the ledger. Costs one PutItem. @throws ConflictError */
export async function enter(
  store: StreamStore,
  after: Position,
  entries: readonly NewEvent[],
  metadata: Metadata,
): Promise<Position> {
  return endOf(await store.append({ after, events: entries, metadata }));
}
