import { type Commit, recordedEvents } from '@everfold/core';
import type { Projection } from '../projection.js';
import { LARGEST_TRANSACTION, LARGEST_TRANSACTION_BYTES, type Transaction } from '../read-models/read-model-store.js';
import type { ProjectedCommit } from './work.js';

/** A commit, or events of it, or rows of one event: what a transaction applies of a stream. */
export interface Piece extends ProjectedCommit {
  /** How many rows of its first event are in before; more than 0 only where it is the rest of one event. */
  readonly rowsBefore: number;
  /** How many rows of its event are in after it; 0 where all of it is. */
  readonly rowsAfter: number;
}

/** How many items a transaction writes for commits: a position for each stream, and the rows. */
export function itemsOf(commits: readonly ProjectedCommit[]): number {
  return new Set(commits.flatMap(itemNames)).size;
}

/**
 * Splits commits, in their order, into transactions of so many items at the most. A commit is never split here: one that
 * is too large is alone in its part.
 */
export function splitByItems<TCommit extends ProjectedCommit>(commits: readonly TCommit[], most: number): TCommit[][] {
  const parts: TCommit[][] = [];
  for (let from = 0; from < commits.length; from += parts.at(-1)?.length ?? 1)
    parts.push(takeByItems(commits.slice(from), most));
  return parts;
}

/**
 * Puts the commits of each stream together, where nobody can tell: every row is only added to, or changed by one stream.
 * The position of a stream is then written once, not once for each transaction that one of its commits falls into. Else
 * commits stay as they arrived, because what one stream causes in another arrives later.
 */
export function togetherByStream<TCommit extends ProjectedCommit>(commits: readonly TCommit[]): readonly TCommit[] {
  const rows = new Map<string, { readonly stream: string; readonly isShared: boolean; readonly isAdded: boolean }>();
  const streams = new Map<string, TCommit[]>();
  for (const projected of commits) {
    const { stream } = projected.commit;
    for (const { key, kind } of projected.changes) {
      const before = rows.get(key) ?? { stream, isShared: false, isAdded: true };
      const isShared = before.isShared || before.stream !== stream;
      const isAdded = before.isAdded && kind === 'add';
      if (isShared && !isAdded) return commits;
      rows.set(key, { stream, isShared, isAdded });
    }
    const ofStream = streams.get(stream) ?? [];
    ofStream.push(projected);
    streams.set(stream, ofStream);
  }
  return [...streams.values()].flat();
}

/** The first of these parts. */
function takeByItems<TCommit extends ProjectedCommit>(commits: readonly TCommit[], most: number): TCommit[] {
  const items = new Set<string>();
  const part: TCommit[] = [];
  for (const commit of commits) {
    const added = itemNames(commit).filter((name) => !items.has(name));
    if (part.length > 0 && items.size + added.length > most) break;
    for (const name of added) items.add(name);
    part.push(commit);
  }
  return part;
}

/** The events of a commit as pieces of their own, without those that change nothing. */
export function eventPieces(projection: Pick<Projection<object>, 'changesOf'>, commit: Commit): Piece[] {
  return recordedEvents(commit).flatMap((event, index) => {
    const changes = projection.changesOf(event);
    const { version } = event;
    const alone = { ...commit, version, last: version, events: commit.events.slice(index, index + 1) };
    const offset = (commit.offset ?? 0) + index;
    return changes.length === 0
      ? []
      : [{ commit: offset === 0 ? alone : { ...alone, offset }, changes, rowsBefore: 0, rowsAfter: 0 }];
  });
}

/** Of an event of which some rows are in, those that follow, in the order of their keys; at most so many. */
export function rowsOfEvent({ commit, changes, rowsBefore }: Piece, most: number): Piece {
  const keys = rowKeys(changes);
  const rowsAfter = Math.min(rowsBefore + most, keys.length);
  const wanted = new Set(keys.slice(rowsBefore, rowsAfter));
  return {
    commit,
    changes: changes.filter(({ key }) => wanted.has(key)),
    rowsBefore,
    rowsAfter: rowsAfter === keys.length ? 0 : rowsAfter,
  };
}

/**
 * What to try as the next transaction, from all that may fit downwards: fewer commits, then fewer events of the first
 * commit, then fewer rows of its first event. The smallest is one row.
 */
export function* everLess(
  pieces: readonly [Piece, ...Piece[]],
  eventsOf: (commit: Commit) => readonly Piece[],
): Generator<readonly Piece[]> {
  const [first] = pieces;
  let event = first;
  if (first.rowsBefore === 0) {
    yield* halves(takeByItems(pieces, LARGEST_TRANSACTION));
    const events = eventsOf(first.commit);
    if (events.length > 1) yield* halves(takeByItems(events, LARGEST_TRANSACTION));
    event = events[0] ?? first;
  }
  for (let most = LARGEST_TRANSACTION - 1; most >= 1; most = Math.floor(most / 2)) yield [rowsOfEvent(event, most)];
}

function* halves(pieces: readonly Piece[]): Generator<readonly Piece[]> {
  for (let most = pieces.length; most >= 1; most = Math.floor(most / 2)) yield pieces.slice(0, most);
}

/** Room for an item's key, and for the names and numbers in it. */
const ITEM_BYTES = 2048;

/** Whether a store takes so much at once. Bytes are counted rather too many than too few. */
export function fits({ advances, writes, increments }: Transaction): boolean {
  const items = advances.length + writes.length + increments.length;
  if (items > LARGEST_TRANSACTION) return false;
  const bytes = writes.reduce((sum, { row }) => sum + Buffer.byteLength(JSON.stringify(row ?? null)), 0);
  return bytes + items * ITEM_BYTES <= LARGEST_TRANSACTION_BYTES;
}

function rowKeys(changes: ProjectedCommit['changes']): string[] {
  return [...new Set(changes.map(({ key }) => key))].sort();
}

function itemNames({ commit, changes }: ProjectedCommit): string[] {
  return [...new Set([`stream ${commit.stream}`, ...changes.map(({ key }) => `row ${key}`)])];
}
