import { checkWholeNumber, InvalidArgumentError } from '@everfold/core';
import type { RowSet } from './read-models/read-model-store.js';

/** Carries the type of a projection's rows, and nothing else. */
export interface RowType<TRow extends object> {
  readonly sample?: TRow;
}

/** Names the type of a projection's rows. */
export function rowsOf<TRow extends object>(): RowType<TRow> {
  return {};
}

/** Which rows are a projection's. */
export interface RowsDefinition<TRow extends object> {
  /** Begins with a letter; letters, digits, `_` and `.`. */
  readonly name: string;
  /** A whole number from 1. Another version has rows of its own: count up whenever the rows would come out differently. */
  readonly version: number;
  readonly rows: RowType<TRow>;
  /** Over how many partitions the rows are spread, 1 to 1,000. Default 16. */
  readonly spread?: number;
}

/** The rows of a projection, without what makes them of events: all that reading them takes. */
export interface ProjectionRows<TRow extends object> {
  readonly rows: RowSet;
  readonly rowType: RowType<TRow>;
  /** Whether there is a listing of them. */
  readonly isListed: boolean;
}

const DEFAULT_SPREAD = 16;
const WIDEST_SPREAD = 1000;

/**
 * Defines the rows of a projection, for those who only read them: a bundle then has neither the events nor what they do. Give it what
 * `defineProjection` is given.
 *
 * @throws InvalidArgumentError when the name, the version or the spread is out of range.
 *
 * @example
 * ```ts
 * const named = { name: 'orders', version: 1, rows: rowsOf<OrderRow>() };
 * const reader = createReader(defineRows({ ...named, isListed: true }), readModels);
 * ```
 */
export function defineRows<TRow extends object>(
  definition: RowsDefinition<TRow> & { readonly isListed: boolean },
): ProjectionRows<TRow> {
  const { name, version, rows, spread = DEFAULT_SPREAD, isListed } = definition;
  if (!/^[A-Za-z][A-Za-z0-9_.]*$/.test(name)) {
    throw new InvalidArgumentError(
      `Projection "${name}" needs another name. Begin with a letter and use letters, digits, "_" and "." only.`,
    );
  }
  checkWholeNumber(`The version of projection "${name}" is ${version}`, version, 1);
  checkWholeNumber(`The spread of projection "${name}" is ${spread}`, spread, 1, WIDEST_SPREAD);
  return { rows: { id: `${name}@${version}`, spread }, rowType: rows, isListed };
}
