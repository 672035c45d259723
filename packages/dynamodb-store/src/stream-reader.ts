import {
  type Commit,
  type CommitEvents,
  checkFollows,
  endOf,
  type Latest,
  type LoadQuery,
  type ReadRange,
  restOf,
} from '@everfold/core';
import { eventsFromItem, foldedAttributes, type Item, snapshotAttributes, stateOf } from './commit-item.js';
import type { ItemPages, PagesOfItems } from './item-pages.js';
import { isBeginning, isEnd, joined, type Part, type ToPart, toFoldedPart, toPart } from './whole-commits.js';

/** The commits of a range in version order, page by page. A commit in several items comes whole, or not at all while it is being written. */
export function readForward(pages: ItemPages, range: ReadRange): AsyncIterable<readonly Commit[]> {
  const { after = 0, limit } = range;
  return taken(
    pages.forward(range),
    inOrder(after, (item) => restOfPart(toPart(item), after)),
    limit,
  );
}

/** The commits of a range from its end, page by page. */
export async function* readBackward(pages: ItemPages, range: ReadRange): AsyncIterable<readonly Commit[]> {
  const { after = 0, limit } = range;
  /** What was taken last: it comes after that which is taken next. */
  let next: Commit | undefined;
  /** Of the commit at hand; `undefined` while it is being written, because its last items are not there yet. */
  let parts: readonly Part<Commit>[] | undefined = [];
  const take = (item: Item): Commit | undefined => {
    const part = restOfPart(toPart(item), after);
    if (next !== undefined) checkFollows(next, part.commit.last);
    else if (!isEnd(part)) parts = undefined;
    next = part.commit;
    parts = parts && [part, ...parts];
    if (!isBeginning(part, after)) return undefined;
    const whole = parts && joined(parts);
    parts = [];
    return whole;
  };
  const isAll = yield* taken(pages.backward(range), take, limit);
  if (isAll && next !== undefined) checkFollows(next, after);
}

/**
 * The newest snapshot that will do, and what comes after it.
 *
 * @param pages - Of items that have what folding takes: {@link attributesFor}.
 */
export async function readLatest(pages: ItemPages, stream: string, query: LoadQuery): Promise<Latest> {
  const { snapshots, after, upTo, until } = query;
  const known = after?.version ?? 0;
  /** What is to be folded of items that come after a version. */
  const foldable = async (items: PagesOfItems, version: number) => {
    const commits: CommitEvents[] = [];
    const take = inOrder(version, toFoldedPart(stream));
    for await (const some of taken(pages.withTail(items, upTo), take)) commits.push(...some);
    return commits;
  };
  if (snapshots === undefined && until === undefined)
    return { commits: await foldable(pages.of({ from: known + 1, upTo }), known) };
  const latestFirst: Item[] = [];
  for await (const items of pages.of({ from: known + 1, upTo, backward: true }, snapshots?.every)) {
    for (const item of items) {
      if (latestFirst.length === 0 && isLater(item, until)) continue;
      const snapshot = snapshotIn(item, stream, query);
      if (snapshot) {
        const commits = await foldable([latestFirst.toReversed()], snapshot.position.version);
        return { snapshot, commits };
      }
      latestFirst.push(item);
    }
  }
  return { commits: await foldable([latestFirst.toReversed()], known) };
}

/** The attributes that loading needs: the fewer there are, the less there is to decode. What is read costs the same. */
export function attributesFor({ snapshots, until }: LoadQuery): readonly string[] {
  return [
    ...foldedAttributes,
    ...(snapshots === undefined ? [] : snapshotAttributes),
    ...(until === undefined ? [] : ['at']),
  ];
}

/**
 * The commits that items complete, page by page, until there are so many.
 *
 * @returns Whether all items were taken.
 */
async function* taken<TCommit>(
  pages: PagesOfItems,
  take: (item: Item) => TCommit | undefined,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly TCommit[], boolean> {
  let left = limit;
  for await (const items of pages) {
    const commits: TCommit[] = [];
    for (const item of items) {
      const commit = take(item);
      if (commit !== undefined) commits.push(commit);
      if (commits.length === left) break;
    }
    yield commits;
    left -= commits.length;
    if (left === 0) return false;
  }
  return true;
}

/**
 * Puts commits together from items in version order.
 *
 * @param after - The version before the first item.
 * @returns Takes the next item, and gives the commit that it completes. Throws StreamCorruptedError when a version is missing or
 *   doubled.
 */
function inOrder<TCommit extends CommitEvents>(after: number, decode: ToPart<TCommit>) {
  let last = after;
  let parts: Part<TCommit>[] = [];
  return (item: Item): TCommit | undefined => {
    const part = decode(item);
    checkFollows(part.commit, last);
    last = part.commit.last;
    parts.push(part);
    if (!isEnd(part)) return undefined;
    const commit = joined(parts);
    parts = [];
    return commit;
  };
}

function isLater(item: Item, until: string | undefined): boolean {
  return until !== undefined && (item.at?.S ?? '') > until;
}

function snapshotIn(item: Item, stream: string, { snapshots, upTo }: LoadQuery): Latest['snapshot'] {
  const carried = snapshots && stateOf(item, snapshots.schema);
  if (carried === undefined) return undefined;
  const position = endOf(eventsFromItem(item, stream));
  return upTo !== undefined && position.version > upTo ? undefined : { ...carried, position };
}

function restOfPart(part: Part<Commit>, after: number): Part<Commit> {
  return { ...part, commit: restOf(part.commit, after) };
}
