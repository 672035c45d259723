import { inParallel } from '@everfold/dynamodb-store';
import { type AppliedVersions, absentRow, type StoredRow } from '../read-models/read-model-store.js';
import { type FoldedRow, foldRow, type RowStep, stepsByRow } from './fold-row.js';
import { type PositionKeeping, persist, type WriteContext } from './position-keeping.js';
import type { Work } from './work.js';

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

  constructor(context: WriteContext) {
    this.#context = context;
  }

  async learn(work: Work): Promise<void> {
    await this.#load(work);
    for (const stream of work.streams().keys()) work.advance(stream, 0);
    for (const { commit, changes } of work.open()) {
      for (const { key } of changes)
        work.advance(commit.stream, this.#row(key).applied.get(commit.stream)?.settled ?? 0);
    }
  }

  async write(work: Work): Promise<void> {
    await this.#load(work);
    const plans = this.#plan(work);
    const reach = reachOf(work, plans);
    await inParallel(plans, this.#context.concurrency, async (plan) => {
      try {
        await this.#save(plan, reach);
      } catch (error) {
        for (const { commit } of plan.steps) work.stop(commit, error);
      }
    });
  }

  /** Folds every row before any is written, so that a commit that fails in one row is kept out of all. */
  #plan(work: Work): RowPlan[] {
    while (true) {
      const plans = [...stepsByRow(work.open())].map(([key, steps]) => {
        return { key, steps, folded: foldRow(this.#context.projection, { key, stored: this.#row(key), steps }) };
      });
      const failed = plans.flatMap(({ folded }) => (folded.outcome === 'failed' ? [folded] : []));
      if (failed.length === 0) return plans;
      for (const { commit, error } of failed) work.stop(commit, error);
    }
  }

  async #save({ key, steps, folded }: RowPlan, reach: Reach): Promise<void> {
    const { projection, readModels } = this.#context;
    let stored = this.#row(key);
    let next = folded;
    await persist(this.#context, `Row "${key}" of ${projection.rows.id}`, async () => {
      if (next.outcome === 'unchanged') return true;
      if (next.outcome === 'failed') throw next.error;
      const applied = appliedAfter(stored.applied, steps, reach);
      const { row, listed } = next;
      const saved = await readModels.save(projection.rows, { key, row, listed, applied, revision: stored.revision });
      if (saved.saved) return true;
      // Somebody else was first, perhaps with these very commits: on what they left, only the rest is applied.
      stored = saved.current;
      next = foldRow(projection, { key, stored, steps });
      return next.outcome === 'unchanged';
    });
  }

  async #load(work: Work): Promise<void> {
    const { projection, readModels } = this.#context;
    const keys = [...stepsByRow(work.open()).keys()].filter((key) => !this.#rows.has(key));
    if (keys.length === 0) return;
    for (const [key, stored] of await readModels.load(projection.rows, keys)) this.#rows.set(key, stored);
  }

  #row(key: string): StoredRow {
    return this.#rows.get(key) ?? absentRow;
  }
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
