import { loadNote, type Noted, saveNote } from '../read-models/note.js';
import type { ReadModelStore, RowSet } from '../read-models/read-model-store.js';

/** Which version of a projection serves. */
export interface Serving {
  readonly version: number;
  /** The one that served before, and can be gone back to. */
  readonly previous?: number;
  /** ISO 8601: when reads were switched. */
  readonly since: string;
  /** A version that is being dropped. */
  readonly dropping?: number;
}

const KEY = 'serving';

/** A reader goes by what it has read of the pointer for at most so long. */
export const LONGEST_CACHE_MS = 30_000;

/** Nobody reads the old version by then: the longest cache, and as much again for clocks that differ and reads under way. */
export const UNREAD_AFTER_MS = 60_000;

function pointerOf(name: string): RowSet {
  return { id: `${name}/versions`, spread: 1 };
}

/** Reads the pointer as a reader does. Costs one GetItem of one read unit. */
export async function readServing(readModels: ReadModelStore, name: string): Promise<Serving | undefined> {
  const row: object | undefined = await readModels.get(pointerOf(name), KEY, { consistent: true });
  return row as Serving | undefined;
}

/** Reads the pointer with what is needed to move it. Costs one BatchGetItem of one read unit. */
export function loadServing(readModels: ReadModelStore, name: string): Promise<Noted<Serving>> {
  return loadNote<Serving>(readModels, pointerOf(name), KEY);
}

/** Moves the pointer, unless somebody else has. Costs one PutItem of one write unit. */
export async function saveServing(
  readModels: ReadModelStore,
  name: string,
  write: { readonly note: Serving; readonly revision: number },
): Promise<Noted<Serving> & { readonly saved: boolean }> {
  return saveNote(readModels, pointerOf(name), { key: KEY, ...write });
}
