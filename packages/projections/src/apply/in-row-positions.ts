import { inParallel } from '@everfold/dynamodb-store';
import { type AppliedVersions, absentRow, type InRowWrites, type StoredRow } from '../read-models/read-model-store.js';
import { type FoldedRow, foldRow, type RowStep, stepsByRow } from './fold-row.js';
import { type PositionKeeping, persist, type WriteContext } from './position-keeping.js';
import type { ProjectedCommit, Work } from './work.js';

/** A row, what the work does to it, and what comes of that. */
export interface RowPlan {
  readonly key: string;
  readonly steps: readonly RowStep[];
  readonly folded: FoldedRow;
}

/** How far the work takes each of its streams. */
export type Reach = ReadonlyMap<string, { readonly version: number; readonly settled: number }>;

/**
 * Positions in the rows. Each row is written on its own, with the versions it has applied, so a batch may reach some of
 * its rows and not others. `settled` tells which: a stream that feeds one row of the batch is settled by the write of that
 * row; one that feeds several is settled as far as it was before the batch, until a later batch knows more.
 */
export class InRowPositions implements PositionKeeping {
  protected readonly context: WriteContext;
  readonly #readModels: InRowWrites;
  readonly #rows = new Map<string, StoredRow>();

  constructor(context: WriteContext, readModels: InRowWrites) {
    this.context = context;
    this.#readModels = readModels;
  }

  async learn(work: Work): Promise<void> {
    // Where a stream stands is in its rows only.
    await this.load(keysOf(this.toRead(work)));
    for (const stream of work.streams().keys()) work.advance(stream, 0);
    for (const { commit, changes } of work.open()) {
      for (const { key } of changes)
        work.advance(commit.stream, this.row(key)?.applied.get(commit.stream)?.settled ?? 0);
    }
  }

  async write(work: Work): Promise<void> {
    await this.load(keysOf(work.open()));
    const plans = await this.plan(work);
    await this.save(work, plans, reachOf(work, plans));
  }

  /** The commits whose rows have to be read to know where their streams stand. */
  protected toRead(work: Work): readonly ProjectedCommit[] {
    return work.open();
  }

  /** Whether a row was folded without having been read, for once. */
  protected wasUnread(_key: string): boolean {
    return false;
  }

  /** Folds every row before any is written, so that a commit that fails in one row is kept out of all. */
  protected async plan(work: Work): Promise<RowPlan[]> {
    while (true) {
      const plans = [...stepsByRow(work.open())].map(([key, steps]) => this.fold({ key, steps }));
      const failed = plans.flatMap(({ key, folded }) => (folded.outcome === 'failed' ? [{ key, ...folded }] : []));
      if (failed.length === 0) return plans;
      // What fails on no row may do well on the one that is there.
      const unread = failed.map(({ key }) => key).filter((key) => this.wasUnread(key));
      await this.load(unread);
      if (unread.length > 0) continue;
      for (const { commit, error } of failed) work.stop(commit, error);
    }
  }

  protected fold({ key, steps }: Pick<RowPlan, 'key' | 'steps'>): RowPlan {
    const stored = this.row(key) ?? absentRow;
    return { key, steps, folded: foldRow(this.context.projection, { key, stored, steps }) };
  }

  /** Writes rows; the streams that feed one that cannot be written are stopped. */
  protected async save(work: Work, plans: readonly RowPlan[], reach: Reach): Promise<void> {
    await inParallel(plans, this.context.concurrency, async (plan) => {
      try {
        await this.#saveOne(plan, reach);
      } catch (error) {
        for (const { commit } of plan.steps) work.stop(commit, error);
      }
    });
  }

  async #saveOne(plan: RowPlan, reach: Reach): Promise<void> {
    const { key, steps } = plan;
    const { rows } = this.context.projection;
    let next = plan.folded;
    const attempt = async (): Promise<boolean> => {
      if (next.outcome === 'unchanged') return true;
      if (next.outcome === 'failed') throw next.error;
      const stored = this.row(key) ?? absentRow;
      const applied = appliedAfter(stored.applied, steps, reach);
      const { row, listed } = next;
      const saved = await this.#readModels.save(rows, { key, row, listed, applied, revision: stored.revision });
      if (saved.saved) return true;
      // Somebody else was first, perhaps with these very commits: on what they left, only the rest is applied.
      this.#rows.set(key, saved.current);
      next = this.fold(plan).folded;
      if (next.outcome === 'unchanged') return true;
      // A row that was not read is there: nobody needs to be waited for.
      return this.wasUnread(key) && (await attempt());
    };
    await persist(this.context, `Row "${key}" of ${rows.id}`, attempt);
  }

  /** Reads the rows that are not at hand. */
  protected async load(keys: readonly string[]): Promise<void> {
    const missing = keys.filter((key) => !this.#rows.has(key));
    if (missing.length === 0) return;
    const { rows } = this.context.projection;
    for (const [key, stored] of await this.#readModels.load(rows, missing)) this.#rows.set(key, stored);
  }

  /** A row as it was last seen; `undefined` when it was not read. */
  protected row(key: string): StoredRow | undefined {
    return this.#rows.get(key);
  }
}

/** The keys of the rows that commits change. */
export function keysOf(commits: readonly ProjectedCommit[]): string[] {
  return [...stepsByRow(commits).keys()];
}

/** How far the work takes each of its streams, once the rows are written. */
export function reachOf(work: Work, plans: readonly RowPlan[]): Reach {
  const feeds = new Map<string, number>();
  for (const { steps } of plans) {
    for (const stream of new Set(steps.map(({ commit }) => commit.stream)))
      feeds.set(stream, (feeds.get(stream) ?? 0) + 1);
  }
  const ends = [...work.streams()].map(([stream, commits]) => [stream, commits.at(-1)?.last ?? 0] as const);
  return new Map(
    ends.map(([stream, version]) => {
      const settled = feeds.get(stream) === 1 ? version : (work.known.get(stream) ?? 0);
      return [stream, { version, settled }];
    }),
  );
}

/** What a row has applied once the steps are folded onto it. */
export function appliedAfter(before: AppliedVersions, steps: readonly RowStep[], reach: Reach): AppliedVersions {
  const after = new Map(before);
  for (const { commit } of steps) {
    const { version = 0, settled = 0 } = before.get(commit.stream) ?? {};
    const now = reach.get(commit.stream) ?? { version: commit.last, settled: 0 };
    after.set(commit.stream, { version: Math.max(version, now.version), settled: Math.max(settled, now.settled) });
  }
  return after;
}
