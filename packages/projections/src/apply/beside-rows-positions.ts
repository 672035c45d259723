import { type Commit, isEverfoldError, restOf } from '@everfold/core';
import type { Amounts } from '../changes.js';
import {
  absentRow,
  type BesideRowsWrites,
  LARGEST_TRANSACTION,
  type StoredRow,
  type Transaction,
  type TransactOutcome,
} from '../read-models/read-model-store.js';
import { type FoldedRow, foldRow, type RowStep, stepsByRow } from './fold-row.js';
import { type PositionKeeping, persist, type WriteContext } from './position-keeping.js';
import { eventPieces, everLess, fits, type Piece, splitByItems, togetherByStream } from './transaction-parts.js';
import type { ProjectedCommit, Work } from './work.js';

/**
 * Positions beside the rows: a stream's position moves on in the same transaction as the rows that its commits change,
 * and only if it is not beyond where the stream is known to stand. So exactly the commits after that take effect.
 *
 * A commit that changes more than a transaction takes is written event by event, and an event that does row by row, as
 * many at a time as fit: the position is that of the last event that is in, and counts the rows of the next that are.
 */
export class BesideRowsPositions implements PositionKeeping {
  readonly #context: WriteContext;
  readonly #readModels: BesideRowsWrites;
  /** Rows that were read to be folded, as they were last seen: a write tells when they have moved on. */
  readonly #rows = new Map<string, StoredRow>();
  /** Events of which only some rows are in, by stream. */
  readonly #begun = new Map<string, { readonly after: number; readonly rows: number }>();

  /** The events of commits that are too large for a transaction. */
  readonly #events = new Map<Commit, readonly Piece[]>();

  constructor(context: WriteContext, readModels: BesideRowsWrites) {
    this.#context = context;
    this.#readModels = readModels;
  }

  async learn(work: Work): Promise<void> {
    const { rows } = this.#context.projection;
    const unknown = [...work.streams().keys()].filter((stream) => !work.known.has(stream));
    if (unknown.length === 0) return;
    for (const [stream, version] of await this.#readModels.positions(rows, unknown)) work.advance(stream, version);
  }

  async write(work: Work): Promise<void> {
    const changing = togetherByStream(work.open().filter(({ changes }) => changes.length > 0));
    for (const part of splitByItems(changing, LARGEST_TRANSACTION)) await this.#writePart(work, part);
  }

  async #writePart(work: Work, part: readonly ProjectedCommit[]): Promise<void> {
    try {
      await persist(this.#context, `A transaction of ${this.#context.projection.rows.id}`, () =>
        this.#attempt(work, part),
      );
    } catch (error) {
      const open = part.filter(({ commit }) => work.isOpen(commit));
      if (open.length > 1 && isEverfoldError(error) && !error.retryable) {
        // It is refused because of one of them: alone, the others pass.
        for (const projected of open) if (work.isOpen(projected.commit)) await this.#writePart(work, [projected]);
      } else {
        for (const { commit } of open) this.#stop(work, commit, error);
      }
    }
  }

  /** @returns Whether there is nothing left to do; if there is, others were first. */
  async #attempt(work: Work, part: readonly ProjectedCommit[]): Promise<boolean> {
    const { rows } = this.#context.projection;
    while (true) {
      const transaction = await this.#plan(work, part);
      if (transaction === undefined) return true;
      const outcome = await this.#readModels.transact(rows, transaction);
      this.#learnFrom(outcome, transaction, work);
      if (!outcome.done) return this.#left(work, part).length === 0;
    }
  }

  /**
   * The next transaction of a part; `undefined` when nothing is left of it. Commits that fail are left out. A commit is
   * folded as a whole before any of it is written, so that one that fails in one row is kept out of all.
   */
  async #plan(work: Work, part: readonly ProjectedCommit[]): Promise<Transaction | undefined> {
    while (true) {
      const [first, ...others] = this.#left(work, part);
      if (first === undefined) return undefined;
      const next = await this.#largest(
        work,
        everLess([first, ...others], (commit) => this.#eventsOf(commit)),
      );
      if (!Array.isArray(next)) return next;
      for (const { commit, error } of next) this.#stop(work, commit, error);
    }
  }

  /** The largest transaction that fits, or what fails in it. The last, which is of one row, may still be refused. */
  async #largest(work: Work, candidates: Iterable<readonly Piece[]>): Promise<Transaction | FailedRow[] | undefined> {
    let transaction: Transaction | undefined;
    for (const pieces of candidates) {
      const rows = await this.#fold(pieces);
      const failed = rows.flatMap(({ row }) => (row.outcome === 'failed' ? [row] : []));
      if (failed.length > 0) return failed;
      transaction = { advances: advancesOf(work, pieces), ...writesOf(rows) };
      if (fits(transaction)) break;
    }
    return transaction;
  }

  /** What is left to write of a part: first the events that are begun. */
  #left(work: Work, part: readonly ProjectedCommit[]): Piece[] {
    const pieces = part.flatMap(({ commit, changes }): Piece[] => {
      if (!work.isOpen(commit)) return [];
      const known = work.known.get(commit.stream) ?? 0;
      const begun = this.#begun.get(commit.stream);
      if (known < commit.version && begun?.after !== commit.version - 1)
        return [{ commit, changes, rowsBefore: 0, rowsAfter: 0 }];
      const events = this.#eventsOf(commit).filter((event) => event.commit.version > known);
      return events.map((event) =>
        event.commit.version - 1 === begun?.after ? { ...event, rowsBefore: begun.rows } : event,
      );
    });
    return pieces.sort((one, other) => other.rowsBefore - one.rowsBefore);
  }

  #eventsOf(commit: Commit): readonly Piece[] {
    const events = this.#events.get(commit) ?? eventPieces(this.#context.projection, commit);
    this.#events.set(commit, events);
    return events;
  }

  async #fold(commits: readonly ProjectedCommit[]): Promise<PlannedRow[]> {
    const rows = [...stepsByRow(commits)].map(([key, steps]) => ({ key, steps, blind: this.#isBlind(steps) }));
    await this.#load(rows.flatMap(({ key, blind }) => (blind ? [] : [key])));
    return rows.map(({ key, steps, blind }) => {
      const stored = blind ? absentRow : this.#row(key);
      return { key, blind, stored, row: foldRow(this.#context.projection, { key, stored, steps }) };
    });
  }

  /** Stops a stream before a commit, or before what is left of it. */
  #stop(work: Work, commit: Commit, error: unknown): void {
    work.stop(restOf(commit, work.known.get(commit.stream) ?? 0), error);
  }

  /** Whether a row can be written without being read: it is only added to, and its place in a listing cannot change. */
  #isBlind(steps: readonly RowStep[]): boolean {
    return (
      this.#context.projection.listed === undefined &&
      steps.every(({ changes }) => changes.every(({ kind }) => kind === 'add'))
    );
  }

  #learnFrom(outcome: TransactOutcome, { advances, writes, increments }: Transaction, work: Work): void {
    if (!outcome.done) {
      for (const [stream, version] of outcome.positions) this.#learn(work, stream, version, outcome.begun?.get(stream));
      for (const [key, stored] of outcome.rows) this.#rows.set(key, stored);
      return;
    }
    for (const { stream, to, rowsTo } of advances) this.#learn(work, stream, to, rowsTo);
    for (const { key, row, revision, applied } of writes) this.#rows.set(key, { row, revision: revision + 1, applied });
    for (const { key } of increments) this.#rows.delete(key);
  }

  #learn(work: Work, stream: string, version: number, rows = 0): void {
    work.advance(stream, version);
    if (rows === 0) this.#begun.delete(stream);
    else this.#begun.set(stream, { after: version, rows });
  }

  async #load(keys: readonly string[]): Promise<void> {
    const { rows } = this.#context.projection;
    const unread = keys.filter((key) => !this.#rows.has(key));
    if (unread.length === 0) return;
    for (const [key, stored] of await this.#readModels.load(rows, unread)) this.#rows.set(key, stored);
  }

  #row(key: string): StoredRow {
    return this.#rows.get(key) ?? absentRow;
  }
}

type FailedRow = Extract<FoldedRow, { outcome: 'failed' }>;

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

function advancesOf(work: Work, pieces: readonly Piece[]): Transaction['advances'] {
  const ends = new Map(pieces.map((piece) => [piece.commit.stream, piece]));
  return [...ends].map(([stream, { commit, rowsBefore, rowsAfter }]) => ({
    stream,
    from: work.known.get(stream) ?? 0,
    to: rowsAfter === 0 ? commit.last : commit.version - 1,
    ...(rowsBefore === 0 ? {} : { rowsFrom: rowsBefore }),
    ...(rowsAfter === 0 ? {} : { rowsTo: rowsAfter }),
  }));
}
