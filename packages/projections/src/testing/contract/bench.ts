import { deepStrictEqual, ok } from 'node:assert/strict';
import { isEverfoldError } from '@everfold/core';
import type { Row } from '../../changes.js';
import type {
  Page,
  PageRequest,
  ReadModelStore,
  RowSet,
  RowWrite,
  StoredRow,
} from '../../read-models/read-model-store.js';

/** What a check works on. */
export interface Bench {
  readonly store: ReadModelStore;
  /** Rows that no projection has had before. */
  readonly newRows: (spread?: number) => RowSet;
}

/** Promises of the contract, each a sentence, with the check that holds a store to it. */
export type Chapter = Readonly<Record<string, (bench: Bench) => Promise<void>>>;

/** A first write of a row. */
export function writeOf(key: string, row: Row | undefined, write: Partial<RowWrite> = {}): RowWrite {
  return { key, row, revision: 0, applied: new Map(), listed: undefined, ...write };
}

export async function loadOne(store: ReadModelStore, rows: RowSet, key: string): Promise<StoredRow> {
  const stored = (await store.load(rows, [key])).get(key);
  ok(stored, `load has no entry for "${key}"`);
  return stored;
}

export async function positionOf(store: ReadModelStore, rows: RowSet, stream: string): Promise<number | undefined> {
  return (await store.positions(rows, [stream])).get(stream);
}

/** Reads page by page to the end. */
export async function keysOfPages(
  read: (request: PageRequest) => Promise<Page>,
  request: PageRequest = {},
): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ ...request, ...(cursor === undefined ? {} : { cursor }) });
    pages.push(page.rows.map(({ key }) => key));
    cursor = page.cursor;
  } while (cursor !== undefined && pages.length < 1000);
  return pages;
}

/** For `assert.rejects`: an error of Everfold with this code. */
export function everfoldError(code: string): (error: unknown) => true {
  return (error) => {
    ok(isEverfoldError(error), `an error of Everfold was expected, and this was thrown: ${String(error)}`);
    deepStrictEqual(error.code, code);
    return true;
  };
}
