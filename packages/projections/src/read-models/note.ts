import type { Row } from '../changes.js';
import { absentRow, type RowSet, type RowWrites } from './read-model-store.js';

/** Something that is noted about a projection, in a row of its own. */
export interface Noted<TNote extends object> {
  readonly note: TNote | undefined;
  readonly revision: number;
}

/** Reads a note, consistently. Costs one BatchGetItem of one read unit. */
export async function loadNote<TNote extends object>(
  readModels: RowWrites,
  rows: RowSet,
  key: string,
): Promise<Noted<TNote>> {
  const { row, revision } = (await readModels.load(rows, [key])).get(key) ?? absentRow;
  // Only this package writes rows under this key.
  return { note: row as TNote | undefined, revision };
}

/**
 * Writes a note, unless somebody else has since it was read. Costs one PutItem: one write unit for each KB.
 *
 * @returns Whether it was written, and what the note is now.
 */
export async function saveNote<TNote extends object>(
  readModels: RowWrites,
  rows: RowSet,
  { key, note, revision }: { readonly key: string; readonly note: TNote; readonly revision: number },
): Promise<Noted<TNote> & { readonly saved: boolean }> {
  // A note holds what JSON carries, and nothing else.
  const row = note as object as Row;
  const outcome = await readModels.save(rows, { key, row, revision, applied: absentRow.applied, listed: undefined });
  if (outcome.saved) return { saved: true, note, revision: revision + 1 };
  const { current } = outcome;
  // The SDK repeats a write whose answer was lost: then it is our own that is in the way.
  const isOurs = JSON.stringify(current.row) === JSON.stringify(note);
  return { saved: isOurs, note: current.row as TNote | undefined, revision: current.revision };
}
