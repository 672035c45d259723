import { inParallel } from '@everfold/dynamodb-store';
import { type AppliedVersions, absentRow, LARGEST_INSERT, type StoredRow } from '../read-models/read-model-store.js';
import { type FoldedRow, foldRow, type RowStep, stepsByRow } from './fold-row.js';
import { type PositionKeeping, persist, type WriteContext } from './position-keeping.js';
import type { ProjectedCommit, Work } from './work.js';

/** A batch of new rows takes the place of so many single writes: more at a time only wait for one another. */
const ROWS_FOR_A_BATCH = 4;

/** A row, what the work does to it, and what comes of that. */
interface RowPlan {
  readonly key: string;
  readonly steps: readonly RowStep[];
  readonly folded: FoldedRow;
}

/** How far the work takes each of its streams. */
type Reach = ReadonlyMap<string, { readonly version: number; readonly settled: number }>;

/**
 * Positions in the rows. Each row is written on its own, with the versions it has applied, so a batch may reach some of
 * its rows and not others. `settled` tells which: a stream that feeds one row of the batch is settled by the write of that
 * row; one that feeds several is settled as far as it was before the batch, until a later batch knows more.
 */
export class InRowPositions implements PositionKeeping {
  readonly #context: WriteContext;
  readonly #rows = new Map<string, StoredRow>();
  /** Rows that are taken for new without having been read. */
  readonly #unread = new Set<string>();

  constructor(context: WriteContext) {
    this.#context = context;
  }

  async learn(work: Work): Promise<void> {
    const { guess } = this.#context;
    // Where a stream stands is in its rows only: those of streams that nothing is known of have to be read.
    const needed = work.open().filter(({ commit }) => !guess.areNew || !work.known.has(commit.stream));
    await this.#load(keysOf(needed));
    for (const stream of work.streams().keys()) work.advance(stream, 0);
    for (const { commit, changes } of work.open()) {
      for (const { key } of changes)
        work.advance(commit.stream, this.#row(key).applied.get(commit.stream)?.settled ?? 0);
    }
  }

  async write(work: Work): Promise<void> {
    const keys = keysOf(work.open());
    if (this.#context.guess.areNew) for (const key of keys) if (!this.#rows.has(key)) this.#unread.add(key);
    await this.#load(keys.filter((key) => !this.#unread.has(key)));
    const planned = await this.#plan(work);
    const reach = reachOf(work, planned);
    const plans = await this.#insert(planned, reach);
    await inParallel(plans, this.#context.concurrency, async (plan) => {
      try {
        await this.#save(plan, reach);
      } catch (error) {
        for (const { commit } of plan.steps) work.stop(commit, error);
      }
    });
    const found = keys.map((key) => this.#row(key)).filter(({ revision }) => revision > 0);
    this.#context.guess.found(found.length, keys.length);
  }

  /** Folds every row before any is written, so that a commit that fails in one row is kept out of all. */
  async #plan(work: Work): Promise<RowPlan[]> {
    while (true) {
      const plans = [...stepsByRow(work.open())].map(([key, steps]) => {
        return { key, steps, folded: foldRow(this.#context.projection, { key, stored: this.#row(key), steps }) };
      });
      const failed = plans.flatMap(({ key, folded }) => (folded.outcome === 'failed' ? [{ key, ...folded }] : []));
      if (failed.length === 0) return plans;
      // What fails on no row may do well on the one that is there.
      const unread = failed.map(({ key }) => key).filter((key) => this.#unread.delete(key));
      await this.#load(unread);
      if (unread.length > 0) continue;
      for (const { commit, error } of failed) work.stop(commit, error);
    }
  }

  /** Writes the rows that are taken for new, and gives the others, read and folded. */
  async #insert(plans: readonly RowPlan[], reach: Reach): Promise<readonly RowPlan[]> {
    const { projection, readModels, concurrency } = this.#context;
    if (readModels.insert === undefined || this.#unread.size === 0) return plans;
    const inserted = new Set<string>();
    const writes = plans.flatMap(({ key, steps, folded }) => {
      if (!this.#unread.has(key) || folded.outcome !== 'changed') return [];
      const applied = appliedAfter(absentRow.applied, steps, reach);
      return [{ key, row: folded.row, listed: folded.listed, applied, revision: absentRow.revision }];
    });
    const batches = Array.from({ length: Math.ceil(writes.length / LARGEST_INSERT) }, (_, index) =>
      writes.slice(index * LARGEST_INSERT, (index + 1) * LARGEST_INSERT),
    );
    await inParallel(batches, Math.ceil(concurrency / ROWS_FOR_A_BATCH), async (batch) => {
      for (const key of (await readModels.insert?.(projection.rows, batch)) ?? []) inserted.add(key);
    });
    const others = plans.filter(({ key }) => !inserted.has(key));
    await this.#load(others.map(({ key }) => key));
    return others.map((plan) => ({ ...plan, folded: foldRow(projection, { ...plan, stored: this.#row(plan.key) }) }));
  }

  async #save({ key, steps, folded }: RowPlan, reach: Reach): Promise<void> {
    const { projection, readModels } = this.#context;
    let stored = this.#row(key);
    let next = folded;
    const attempt = async (): Promise<boolean> => {
      if (next.outcome === 'unchanged') return true;
      if (next.outcome === 'failed') throw next.error;
      const applied = appliedAfter(stored.applied, steps, reach);
      const { row, listed } = next;
      const saved = await readModels.save(projection.rows, { key, row, listed, applied, revision: stored.revision });
      if (saved.saved) return true;
      // Somebody else was first, perhaps with these very commits: on what they left, only the rest is applied.
      stored = saved.current;
      this.#rows.set(key, stored);
      next = foldRow(projection, { key, stored, steps });
      if (next.outcome === 'unchanged') return true;
      // A row that was not read is there: nobody needs to be waited for.
      return this.#unread.delete(key) && (await attempt());
    };
    await persist(this.#context, `Row "${key}" of ${projection.rows.id}`, attempt);
  }

  async #load(keys: readonly string[]): Promise<void> {
    const { projection, readModels } = this.#context;
    const missing = keys.filter((key) => !this.#rows.has(key));
    if (missing.length === 0) return;
    for (const [key, stored] of await readModels.load(projection.rows, missing)) this.#rows.set(key, stored);
  }

  #row(key: string): StoredRow {
    return this.#rows.get(key) ?? absentRow;
  }
}

function keysOf(commits: readonly ProjectedCommit[]): string[] {
  return [...stepsByRow(commits).keys()];
}

function reachOf(work: Work, plans: readonly RowPlan[]): Reach {
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
function appliedAfter(before: AppliedVersions, steps: readonly RowStep[], reach: Reach): AppliedVersions {
  const after = new Map(before);
  for (const { commit } of steps) {
    const { version = 0, settled = 0 } = before.get(commit.stream) ?? {};
    const now = reach.get(commit.stream) ?? { version: commit.last, settled: 0 };
    after.set(commit.stream, { version: Math.max(version, now.version), settled: Math.max(settled, now.settled) });
  }
  return after;
}
