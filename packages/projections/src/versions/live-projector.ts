import { systemClock } from '@everfold/core';
import type { HandleCommits } from '@everfold/dynamodb-store';
import { createProjector, type ProjectorOptions } from '../apply/projector.js';
import { loadNote, type Noted, saveNote } from '../read-models/note.js';
import type { ReadModelStore, RowSet } from '../read-models/read-model-store.js';
import { stateOf } from '../rebuild/rebuild-record.js';

/** What the live handler of a version tells of itself. */
export interface LiveMark {
  /** ISO 8601: it has handled everything recorded since. */
  readonly since: string;
  /** ISO 8601: when it last handled a batch. */
  readonly at: string;
  /** ISO 8601: when it was last late, or failed. */
  readonly late?: string;
}

const KEY = 'live';
/** A mark is written at most so often by a process: a write unit each time. */
const MARK_EVERY_MS = 5_000;
/** A handler that is further behind is late. */
export const LATE_MS = 10_000;
/** What a stream keeps. Source: DynamoDB Developer Guide, "Change data capture for DynamoDB Streams". */
const STREAM_KEEPS_MS = 24 * 60 * 60 * 1000;
const ATTEMPTS = 10;

/** Reads the mark; `undefined` when the version never had a live handler that leaves one. */
export async function readLiveMark(readModels: ReadModelStore, rows: RowSet): Promise<LiveMark | undefined> {
  return (await loadNote<LiveMark>(readModels, stateOf(rows), KEY)).note;
}

/**
 * Makes a projector, as `createProjector` does, that leaves a mark of how it is doing: `switchReads` goes by it to know that
 * the version has caught up, and `dropVersion` to know that it is still written. Give it to `createStreamConsumer`.
 *
 * Costs what the projector costs, and in each process one write unit every five seconds while there is something to do.
 *
 * @throws InvalidArgumentError when a number is out of range.
 *
 * @example
 * ```ts
 * export const handler = createStreamConsumer({
 *   handle: createLiveProjector({ projection: orders, eventStore, readModels }),
 * });
 * ```
 */
export function createLiveProjector<TRow extends object>(options: ProjectorOptions<TRow>): HandleCommits {
  const { projection, readModels, clock = systemClock } = options;
  const handle = createProjector(options);
  const marked = { at: Number.NEGATIVE_INFINITY, late: Number.NEGATIVE_INFINITY };
  let noted: Noted<LiveMark> | undefined;

  /** @returns Whether it is written; if not, others were first every time, and the next batch tries again. */
  const mark = async (now: number, isLate: boolean): Promise<boolean> => {
    const rows = stateOf(projection.rows);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      noted ??= await loadNote<LiveMark>(readModels, rows, KEY);
      const note = nextMark(noted.note, now, isLate);
      const saved = await saveNote(readModels, rows, { key: KEY, note, revision: noted.revision });
      noted = saved;
      if (saved.saved) return true;
    }
    return false;
  };

  return async (commits) => {
    let isLate = true;
    try {
      const failures = await handle(commits);
      const oldest = commits.reduce((time, { at }) => Math.min(time, Date.parse(at)), clock.now());
      isLate = failures.length > 0 || clock.now() - oldest > LATE_MS;
      return failures;
    } finally {
      const now = clock.now();
      const last = isLate ? marked.late : marked.at;
      if (now - last >= MARK_EVERY_MS && (await mark(now, isLate))) {
        marked.at = now;
        if (isLate) marked.late = now;
      }
    }
  };
}

/** A handler that was still for longer than the stream keeps may have missed something: it begins anew. */
function nextMark(last: LiveMark | undefined, now: number, isLate: boolean): LiveMark {
  const at = new Date(now).toISOString();
  const isSame = last !== undefined && now - Date.parse(last.at) < STREAM_KEEPS_MS;
  const late = isLate ? at : last?.late;
  return { since: isSame ? last.since : at, at, ...(late === undefined ? {} : { late }) };
}
