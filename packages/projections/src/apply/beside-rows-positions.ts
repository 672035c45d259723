import { isEverfoldError } from '@everfold/core';
import { groupByStream } from '@everfold/dynamodb-store';
import type { Amounts } from '../changes.js';
import { ReadModelRefusedError } from '../errors.js';
import {
  absentRow,
  LARGEST_TRANSACTION,
  type StoredRow,
  type Transaction,
  type TransactOutcome,
} from '../read-models/read-model-store.js';
import { type FoldedRow, foldRow, type RowStep, stepsByRow } from './fold-row.js';
import { type PositionKeeping, persist, type WriteContext } from './position-keeping.js';
import { itemsOf, splitByItems } from './transaction-parts.js';
import type { ProjectedCommit, Work } from './work.js';

/**
 * Positions beside the rows: a stream's position moves on in the same transaction as the rows that its commits change,
 * and only if it is not beyond where the stream is known to stand. So exactly the commits after that take effect.
 */
export class BesideRowsPositions implements PositionKeeping {
  readonly #context: WriteContext;
  /** Rows that were read to be folded, as they were last seen: a write tells when they have moved on. */
  readonly #rows = new Map<string, StoredRow>();

  constructor(context: WriteContext) {
    this.#context = context;
  }

  async learn(work: Work): Promise<void> {
    const { projection, readModels } = this.#context;
    const unknown = [...work.streams().keys()].filter((stream) => !work.known.has(stream));
    if (unknown.length === 0) return;
    for (const [stream, version] of await readModels.positions(projection.rows, unknown)) work.advance(stream, version);
  }

  async write(work: Work): Promise<void> {
    const changing = work.open().filter(({ changes }) => changes.length > 0);
    for (const part of splitByItems(changing, LARGEST_TRANSACTION)) await this.#writePart(work, part);
  }

  async #writePart(work: Work, part: readonly ProjectedCommit[]): Promise<void> {
    try {
      await persist(this.#context, `A transaction of ${this.#context.projection.rows.id}`, () =>
        this.#attempt(work, part),
      );
    } catch (error) {
      const streams = streamsOf(part);
      if (streams.length > 1 && isEverfoldError(error) && !error.retryable) {
        // It is refused because of one of them: alone, the others pass.
        for (const stream of streams)
          await this.#writePart(
            work,
            part.filter(({ commit }) => commit.stream === stream),
          );
      } else {
        for (const { commit } of part) work.stop(commit, error);
      }
    }
  }

  /** @returns Whether there is nothing left to do. */
  async #attempt(work: Work, part: readonly ProjectedCommit[]): Promise<boolean> {
    const transaction = await this.#plan(work, part);
    if (transaction === undefined) return true;
    const { projection, readModels } = this.#context;
    this.#learnFrom(await readModels.transact(projection.rows, transaction), transaction, work);
    return !part.some(({ commit }) => work.isOpen(commit));
  }

  /** The transaction of what is open of a part; `undefined` when that is nothing. Commits that fail are left out. */
  async #plan(work: Work, part: readonly ProjectedCommit[]): Promise<Transaction | undefined> {
    while (true) {
      const open = part.filter(({ commit }) => work.isOpen(commit));
      const [first] = open;
      if (first === undefined) return undefined;
      checkSize(first, open);

      const rows = [...stepsByRow(open)].map(([key, steps]) => ({ key, steps, blind: this.#isBlind(steps) }));
      await this.#load(rows.flatMap(({ key, blind }) => (blind ? [] : [key])));
      const folded = rows.map(({ key, steps, blind }) => {
        const stored = blind ? absentRow : this.#row(key);
        return { key, blind, stored, row: foldRow(this.#context.projection, { key, stored, steps }) };
      });
      const failed = folded.flatMap(({ row }) => (row.outcome === 'failed' ? [row] : []));
      if (failed.length === 0) return { advances: advancesOf(work, open), ...writesOf(folded) };
      for (const { commit, error } of failed) work.stop(commit, error);
    }
  }

  /** Whether a row can be written without being read: it is only added to, and its place in a listing cannot change. */
  #isBlind(steps: readonly RowStep[]): boolean {
    return (
      this.#context.projection.listed === undefined &&
      steps.every(({ changes }) => changes.every(({ kind }) => kind === 'add'))
    );
  }

  #learnFrom(outcome: TransactOutcome, { advances, writes }: Transaction, work: Work): void {
    if (!outcome.done) {
      for (const [stream, version] of outcome.positions) work.advance(stream, version);
      for (const [key, stored] of outcome.rows) this.#rows.set(key, stored);
      return;
    }
    for (const { stream, to } of advances) work.advance(stream, to);
    for (const { key, row, revision, applied } of writes) this.#rows.set(key, { row, revision: revision + 1, applied });
  }

  async #load(keys: readonly string[]): Promise<void> {
    const { projection, readModels } = this.#context;
    const unread = keys.filter((key) => !this.#rows.has(key));
    if (unread.length === 0) return;
    for (const [key, stored] of await readModels.load(projection.rows, unread)) this.#rows.set(key, stored);
  }

  #row(key: string): StoredRow {
    return this.#rows.get(key) ?? absentRow;
  }
}

interface PlannedRow {
  readonly key: string;
  readonly blind: boolean;
  readonly stored: StoredRow;
  readonly row: FoldedRow;
}

function writesOf(rows: readonly PlannedRow[]): Pick<Transaction, 'writes' | 'increments'> {
  const changed = rows.flatMap(({ row, ...planned }) => (row.outcome === 'changed' ? [{ ...planned, ...row }] : []));
  return {
    writes: changed
      .filter(({ blind }) => !blind)
      .map(({ key, row, listed, stored: { revision, applied } }) => ({ key, row, listed, revision, applied })),
    // Folded onto nothing, a row that is only added to comes out as its sums.
    increments: changed.filter(({ blind }) => blind).map(({ key, row }) => ({ key, amounts: row as Amounts })),
  };
}

function advancesOf(work: Work, open: readonly ProjectedCommit[]): Transaction['advances'] {
  const ends = new Map(open.map(({ commit }) => [commit.stream, commit.last]));
  return [...ends].map(([stream, to]) => ({ stream, from: work.known.get(stream) ?? 0, to }));
}

function checkSize({ commit }: ProjectedCommit, open: readonly ProjectedCommit[]): void {
  const items = itemsOf(open);
  if (items <= LARGEST_TRANSACTION) return;
  throw new ReadModelRefusedError(
    `The commit to stream "${commit.stream}" at version ${commit.version}`,
    `it changes ${items - 1} rows, and with positions beside the rows ${LARGEST_TRANSACTION - 1} are allowed`,
  );
}

function streamsOf(part: readonly ProjectedCommit[]): string[] {
  return [...groupByStream(part.map(({ commit }) => commit)).keys()];
}
