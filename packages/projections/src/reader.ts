import { InvalidArgumentError } from '@everfold/core';
import type { Row } from './changes.js';
import type { ProjectionRows } from './projection-rows.js';
import type { AllRequest, ListRequest, Page, RowQueries } from './read-models/read-model-store.js';

/** Reads the rows of a projection. */
export interface Reader<TRow extends object> {
  /**
   * Reads one row. Costs one GetItem: half a read unit for each 4 KB, a whole one when consistent.
   *
   * @param options - `consistent` sees everything projected so far; default false.
   */
  get(key: string, options?: { readonly consistent?: boolean }): Promise<TRow | undefined>;

  /**
   * Reads the rows of a group, in the order of `sort`, or those between two places of it. May lag behind the rows for a moment, because it reads an index.
   * Costs one Query for each megabyte, at least one: half a read unit for each 4 KB of the rows together.
   *
   * @throws InvalidArgumentError when the projection has no listing, or the limit, the cursor or a bound is not right.
   */
  list(request: ListRequest): Promise<Page<TRow>>;

  /**
   * Reads all rows, partition by partition; with `spread: 1` that is in the order of keys. Costs one Query for each
   * partition that the page comes through: half a read unit for each 4 KB of the rows together, at least a half.
   *
   * @throws InvalidArgumentError when the limit or cursor is not right.
   */
  all(request?: AllRequest): Promise<Page<TRow>>;
}

/**
 * Makes the reader of a projection's rows.
 *
 * @param projection - The projection, or its rows alone: see `defineRows`.
 *
 * @example
 * ```ts
 * const orders = createReader(ordersProjection, readModels);
 * const { rows, cursor } = await orders.list({ group: 'placed', descending: true, limit: 20 });
 * ```
 */
export function createReader<TRow extends object>(
  projection: ProjectionRows<TRow>,
  readModels: RowQueries,
): Reader<TRow> {
  const { rows, isListed } = projection;
  // Only this projection writes rows under its name and version.
  const typed = (row: Row) => row as TRow;
  const typedPage = (page: Page): Page<TRow> => ({
    ...page,
    rows: page.rows.map(({ key, row }) => ({ key, row: typed(row) })),
  });

  return {
    async get(key, { consistent = false } = {}) {
      const row = await readModels.get(rows, key, { consistent });
      return row === undefined ? undefined : typed(row);
    },

    async list(request) {
      if (!isListed) throw new InvalidArgumentError(`Projection ${rows.id} has no listing. Define it with "listed".`);
      return typedPage(await readModels.list(rows, request));
    },

    async all(request = {}) {
      return typedPage(await readModels.all(rows, request));
    },
  };
}
