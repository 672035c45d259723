import { type Clock, systemClock } from '@everfold/core';
import type { Projection } from '../projection.js';
import type { ReadModelStore } from '../read-models/read-model-store.js';
import type { DropOptions, DropProgress, RowSetRemover } from '../read-models/row-set-remover.js';
import { VersionInUseError } from './errors.js';
import { readLiveMark } from './live-projector.js';
import { loadServing, type Serving, saveServing, UNREAD_AFTER_MS } from './serving.js';
import { versionOf } from './version-of.js';

/** How a version is dropped. */
export interface DropVersionOptions<TRow extends object> extends DropOptions {
  readonly version: Projection<TRow>;
  readonly readModels: ReadModelStore & RowSetRemover;
  /** Hears of every page. Its `cursor` goes on from there, in another run. */
  readonly onProgress?: (progress: DropProgress) => void;
  readonly clock?: Clock;
}

/** Its handler has stopped when it has left no mark for so long. */
const STOPPED_AFTER_MS = 60_000;

/**
 * Removes everything that belongs to a version of a projection: rows, positions, its marks, whatever is under its name.
 * Take its live handler away first.
 *
 * Run it again when it was interrupted: what is gone is gone, and with the cursor of the last progress it does not read
 * again what it has read.
 *
 * Costs a Scan of the whole read-model table, half a read unit for each 4 KB: positions have keys that only their streams
 * tell. And one write unit for each KB of each item removed, and as much for the index.
 *
 * @returns How many items were removed.
 * @throws VersionInUseError when it serves, or may still be read or written; and when it is not known which version serves.
 *
 * @example
 * ```ts
 * const readModels = new DynamoDBReadModelStore({ client, tableName: 'read-models' });
 * await dropVersion({ version: orders, readModels, unitsPerSecond: 200 });
 * ```
 */
export async function dropVersion<TRow extends object>(options: DropVersionOptions<TRow>): Promise<number> {
  const { version: projection, readModels, onProgress = () => undefined, clock = systemClock } = options;
  const { name, version } = versionOf(projection.rows);
  const refuse = (reason: string): never => {
    throw new VersionInUseError(name, version, reason);
  };
  const now = clock.now();
  const { note: pointer, revision } = await loadServing(readModels, name);
  if (pointer === undefined || pointer.version === version) {
    return refuse(
      pointer === undefined
        ? 'it is not known which version serves. Note it with switchReads({ from: it, to: it }).'
        : 'it serves. Switch reads to another version first.',
    );
  }
  if (pointer.previous === version && now - Date.parse(pointer.since) < UNREAD_AFTER_MS)
    refuse(`it served until ${pointer.since}, and may still be read. Wait a minute.`);
  const mark = await readLiveMark(readModels, projection.rows);
  if (mark !== undefined && now - Date.parse(mark.at) < STOPPED_AFTER_MS)
    refuse(`its live handler was seen at ${mark.at}. Take it away first, and wait a minute.`);

  const { previous, dropping: _, ...serving } = pointer;
  const kept: Serving = previous === undefined || previous === version ? serving : { ...serving, previous };
  const begun = await saveServing(readModels, name, { note: { ...kept, dropping: version }, revision });
  if (!begun.saved) refuse('reads were being switched at the same time. See which version serves, and try again.');

  let removed = 0;
  for await (const progress of readModels.removeAll(projection.rows, options)) {
    removed = progress.removed;
    onProgress(progress);
  }
  await forget(readModels, name, version);
  return removed;
}

/** Notes that a version is gone. Reads may have been switched meanwhile. */
async function forget(readModels: ReadModelStore, name: string, version: number): Promise<void> {
  while (true) {
    const { note, revision } = await loadServing(readModels, name);
    if (note?.dropping !== version) return;
    const { dropping: _, ...kept } = note;
    if ((await saveServing(readModels, name, { note: kept, revision })).saved) return;
  }
}
