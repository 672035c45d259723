import type { RowSet } from './read-model-store.js';

/** How everything of a version is removed. */
export interface DropOptions {
  /** Capacity units a second, at most, read and written together. Default: as fast as it goes. */
  readonly unitsPerSecond?: number;
  /** Where an earlier run stood. Default: at the beginning. */
  readonly cursor?: string;
}

/** How far a removal has come, since it was begun or resumed. */
export interface DropProgress {
  /** Items that were removed. */
  readonly removed: number;
  /** Items of the table that were looked at. */
  readonly read: number;
  /** Resumes the removal after this page. */
  readonly cursor: string;
}

/** A store that can remove all that belongs to a version of a projection. */
export interface RowSetRemover {
  /** Removes what is under the id of these rows: rows, positions and notes. It is removed when it is told of. */
  removeAll(rows: RowSet, options?: DropOptions): AsyncIterable<DropProgress>;
}
