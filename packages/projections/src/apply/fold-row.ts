import type { Commit } from '@everfold/core';
import { applyChange, type Change, type Row } from '../changes.js';
import type { Projection } from '../projection.js';
import { checkListed } from '../read-models/listed.js';
import type { Listed, StoredRow } from '../read-models/read-model-store.js';
import { type ProjectedCommit, projectRest } from './work.js';

/** What a commit does to one row. */
export interface RowStep {
  readonly commit: Commit;
  readonly changes: readonly Change[];
}

/** A row, and what is to be folded onto it. */
export interface RowFold {
  readonly key: string;
  readonly stored: StoredRow;
  readonly steps: readonly RowStep[];
}

/** What becomes of a row. */
export type FoldedRow =
  | { readonly outcome: 'changed'; readonly row: Row | undefined; readonly listed: Listed | undefined }
  /** The row has applied everything before. */
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'failed'; readonly commit: Commit; readonly error: unknown };

type FoldingProjection = Pick<Projection<object>, 'listed' | 'changesOf'>;

/** Gathers, for each row, what the commits do to it, in their order. */
export function stepsByRow(commits: readonly ProjectedCommit[]): Map<string, RowStep[]> {
  const rows = new Map<string, { commit: Commit; changes: Change[] }[]>();
  for (const { commit, changes } of commits) {
    for (const change of changes) {
      const steps = rows.get(change.key) ?? [];
      const step = steps.at(-1);
      if (step?.commit === commit) step.changes.push(change);
      else steps.push({ commit, changes: [change] });
      rows.set(change.key, steps);
    }
  }
  return rows;
}

/** Folds steps onto a row, without those that it has applied. */
export function foldRow(projection: FoldingProjection, { key, stored, steps }: RowFold): FoldedRow {
  const { listed } = projection;
  let row = stored.row;
  let applied: Commit | undefined;
  try {
    for (const step of steps) {
      const { commit } = step;
      const known = stored.applied.get(commit.stream)?.version ?? 0;
      if (commit.last <= known) continue;
      applied = commit;
      for (const change of projectRest(projection, step, known).changes) {
        if (change.key === key) row = applyChange(row, change);
      }
    }
    if (applied === undefined) return { outcome: 'unchanged' };
    return { outcome: 'changed', row, listed: row === undefined ? undefined : checkListed(listed?.(row, key)) };
  } catch (error) {
    // Nothing is asked of a projection before there is a commit to apply.
    if (applied === undefined) throw error;
    return { outcome: 'failed', commit: applied, error };
  }
}
