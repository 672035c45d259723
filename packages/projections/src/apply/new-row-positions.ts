import { inParallel } from '@everfold/dynamodb-store';
import { absentRow, type InRowWrites, LARGEST_INSERT, type RowWrites } from '../read-models/read-model-store.js';
import { appliedAfter, InRowPositions, keysOf, type Reach, type RowPlan, reachOf } from './in-row-positions.js';
import type { WriteContext } from './position-keeping.js';
import type { RowGuess } from './row-guess.js';
import type { ProjectedCommit, Work } from './work.js';

/** A batch of new rows takes the place of so many single writes: more at a time only wait for one another. */
const ROWS_FOR_A_BATCH = 4;

/** Positions in rows that are likely new, as in a rebuild: those that are taken for it are written without being read. */
export class NewRowPositions extends InRowPositions {
  readonly #insert: RowWrites['insert'];
  readonly #guess: RowGuess;
  /** Rows that are taken for new without having been read. */
  readonly #unread = new Set<string>();

  constructor(context: WriteContext, readModels: InRowWrites & Pick<RowWrites, 'insert'>, guess: RowGuess) {
    super(context, readModels);
    this.#insert = readModels.insert?.bind(readModels);
    this.#guess = guess;
  }

  override async write(work: Work): Promise<void> {
    const keys = keysOf(work.open());
    if (this.#guess.areNew) for (const key of keys) if (this.row(key) === undefined) this.#unread.add(key);
    await this.load(keys.filter((key) => !this.#unread.has(key)));
    const plans = await this.plan(work);
    const reach = reachOf(work, plans);
    await this.save(work, await this.#insertNew(plans, reach), reach);
    this.#guess.found(keys.filter((key) => (this.row(key)?.revision ?? 0) > 0).length, keys.length);
  }

  /** Streams that something is known of have their rows taken for new. */
  protected override toRead(work: Work): readonly ProjectedCommit[] {
    return work.open().filter(({ commit }) => !this.#guess.areNew || !work.known.has(commit.stream));
  }

  protected override wasUnread(key: string): boolean {
    return this.#unread.delete(key);
  }

  /** Writes the rows that are taken for new, and gives the others, read and folded. */
  async #insertNew(plans: readonly RowPlan[], reach: Reach): Promise<readonly RowPlan[]> {
    const insert = this.#insert;
    if (insert === undefined || this.#unread.size === 0) return plans;
    const { projection, concurrency } = this.context;
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
      for (const key of await insert(projection.rows, batch)) inserted.add(key);
    });
    const others = plans.filter(({ key }) => !inserted.has(key));
    await this.load(others.map(({ key }) => key));
    return others.map((plan) => this.fold(plan));
  }
}
