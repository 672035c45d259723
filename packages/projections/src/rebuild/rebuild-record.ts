import { loadNote, saveNote } from '../read-models/note.js';
import type { RowSet, RowWrites } from '../read-models/read-model-store.js';
import { RebuildTakenOverError } from './errors.js';

/** A stream that a rebuild could not apply to its end. */
export interface FailedStream {
  readonly stream: string;
  /** The last version that is applied; 0 when none is. */
  readonly after: number;
  /** What was thrown, in words. */
  readonly reason: string;
}

/** How far a rebuild has come. It is kept beside the rows, so that another process can go on. */
export interface RebuildRecord {
  /** The run that wrote it last: two at a time would undo each other's notes. */
  readonly run: string;
  /** What is read: `scan`, or the export. */
  readonly source: string;
  /** ISO 8601: everything recorded before is applied once the rebuild has finished. */
  readonly since: string;
  /** ISO 8601; absent until everything is applied. */
  readonly finished?: string;
  /** Where the source is resumed; absent before its first page. */
  readonly cursor?: string;
  /** Whether the source was read to its end. */
  readonly read: boolean;
  readonly segments: number;
  readonly streams: number;
  readonly commits: number;
  readonly events: number;
  readonly failures: readonly FailedStream[];
}

/** Rows about a version of a projection itself: they are under its own prefix, and go with it. */
export function stateOf({ id }: RowSet): RowSet {
  return { id: `${id}/state`, spread: 1 };
}

const KEY = 'rebuild';

/**
 * Reads what is noted of the rebuild of a projection; `undefined` when it was never rebuilt. Costs one BatchGetItem: one
 * read unit for each 4 KB.
 */
export async function readRebuild(rows: RowSet, readModels: RowWrites): Promise<RebuildRecord | undefined> {
  return (await loadNote<RebuildRecord>(readModels, stateOf(rows), KEY)).note;
}

/** Keeps the record of one run. Each save costs one PutItem: one write unit for each KB. */
export class RebuildNotes {
  readonly #rows: RowSet;
  readonly #readModels: RowWrites;
  #revision: number;

  private constructor(rows: RowSet, readModels: RowWrites, revision: number) {
    this.#rows = rows;
    this.#readModels = readModels;
    this.#revision = revision;
  }

  /** Opens the notes, and reads what is in them. */
  static async open(rows: RowSet, readModels: RowWrites) {
    const { note, revision } = await loadNote<RebuildRecord>(readModels, stateOf(rows), KEY);
    return { notes: new RebuildNotes(rows, readModels, revision), record: note };
  }

  /** @throws RebuildTakenOverError when another run has written since. */
  async save(record: RebuildRecord): Promise<void> {
    const write = { key: KEY, note: record, revision: this.#revision };
    const { saved, revision } = await saveNote(this.#readModels, stateOf(this.#rows), write);
    if (!saved) throw new RebuildTakenOverError(this.#rows.id);
    this.#revision = revision;
  }
}
