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
import { BackwardAssembly } from './backward-assembly.js';
import { eventsFromItem, foldedAttributes, type Item, snapshotAttributes, stateOf } from './commit-item.js';
import type { ItemPages } from './item-pages.js';
import { isEnd, joined, type Part, type ToPart, toFoldedPart, toPart } from './whole-commits.js';

/** The commits of a range in version order, page by page. A commit in several items comes whole, or not at all while it is being written. */
export async function* readForward(pages: ItemPages, range: ReadRange): AsyncIterable<readonly Commit[]> {
  const { after = 0, upTo, limit = Number.POSITIVE_INFINITY } = range;
  const assembly = new ForwardAssembly<Commit>(after);
  let left = limit;
  for await (const items of after === 0 ? pages.of({ from: 1, upTo }, limit) : pages.withLead(after, upTo, limit)) {
    const commits: Commit[] = [];
    for (const item of items) {
      const commit = assembly.take(restOfPart(toPart(item), after));
      if (commit === undefined) continue;
      commits.push(commit);
      left--;
      if (left === 0) break;
    }
    yield commits;
    if (left === 0) return;
  }
  yield await rest(pages, assembly, toPart, upTo);
}

/** The commits of a range from its end, page by page. */
export async function* readBackward(pages: ItemPages, range: ReadRange): AsyncIterable<readonly Commit[]> {
  const { after = 0, upTo, limit = Number.POSITIVE_INFINITY } = range;
  const assembly = new BackwardAssembly();
  let left = limit;
  for await (const items of pages.of({ from: after + 1, upTo, backward: true }, limit)) {
    const commits: Commit[] = [];
    for (const item of items) {
      const part = toPart(item);
      if (assembly.earliest === undefined && !isEnd(part))
        assembly.beginBefore(await partsAfter(pages, part, toPart, upTo));
      const commit = assembly.take(part);
      if (commit === undefined) continue;
      commits.push(commit);
      left--;
      if (left === 0) break;
    }
    yield commits;
    if (left === 0) return;
  }
  const lead = assembly.earliest === after + 1 ? undefined : await pages.holding(after);
  const first = lead && assembly.take(restOfPart(toPart(lead), after));
  const last = first ?? assembly.finish(after);
  if (last !== undefined) yield [last];
}

/**
 * The newest snapshot that will do, and what comes after it.
 *
 * @param pages - Of items that have what folding takes: {@link attributesFor}.
 */
export async function readLatest(pages: ItemPages, stream: string, query: LoadQuery): Promise<Latest> {
  const { snapshots, after, upTo, until } = query;
  const known = after?.version ?? 0;
  const toFolded = toFoldedPart(stream);
  if (snapshots === undefined && until === undefined) return { commits: await readAll(pages, toFolded, known, upTo) };
  const latestFirst: Part<CommitEvents>[] = [];
  for await (const items of pages.of({ from: known + 1, upTo, backward: true }, snapshots?.every)) {
    for (const item of items) {
      if (latestFirst.length === 0 && isLater(item, until)) continue;
      const snapshot = snapshotIn(item, stream, query);
      if (snapshot) {
        const { version } = snapshot.position;
        return { snapshot, commits: await wholeOf(pages, toFolded, latestFirst, version, upTo) };
      }
      latestFirst.push(toFolded(item));
    }
  }
  return { commits: await wholeOf(pages, toFolded, latestFirst, known, upTo) };
}

/** The attributes that loading needs: the fewer there are, the less there is to decode. What is read costs the same. */
export function attributesFor({ snapshots, until }: LoadQuery): readonly string[] {
  return [
    ...foldedAttributes,
    ...(snapshots === undefined ? [] : snapshotAttributes),
    ...(until === undefined ? [] : ['at']),
  ];
}

async function readAll(
  pages: ItemPages,
  toFolded: ToPart<CommitEvents>,
  after: number,
  upTo: number | undefined,
): Promise<readonly CommitEvents[]> {
  const assembly = new ForwardAssembly<CommitEvents>(after);
  const commits: CommitEvents[] = [];
  for await (const items of pages.of({ from: after + 1, upTo })) {
    for (const item of items) {
      const commit = assembly.take(toFolded(item));
      if (commit !== undefined) commits.push(commit);
    }
  }
  return [...commits, ...(await rest(pages, assembly, toFolded, upTo))];
}

/** Puts commits together from parts in version order. */
class ForwardAssembly<TCommit extends CommitEvents> {
  #version: number;
  #parts: Part<TCommit>[] = [];

  /** @param after - The version before the first part. */
  constructor(after: number) {
    this.#version = after;
  }

  /** The parts of a commit that is not complete. */
  get parts(): readonly Part<TCommit>[] {
    return this.#parts;
  }

  /**
   * Takes the next part.
   *
   * @returns The commit that it completes.
   * @throws StreamCorruptedError when a version is missing or doubled.
   */
  take(part: Part<TCommit>): TCommit | undefined {
    checkFollows(part.commit, this.#version);
    this.#version = part.commit.last;
    this.#parts.push(part);
    if (!isEnd(part)) return undefined;
    const commit = joined(this.#parts);
    this.#parts = [];
    return commit;
  }
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

/** The commits of parts that were read from the end, after a version. */
async function wholeOf(
  pages: ItemPages,
  toFolded: ToPart<CommitEvents>,
  latestFirst: readonly Part<CommitEvents>[],
  ...[after, upTo]: readonly [after: number, upTo: number | undefined]
): Promise<readonly CommitEvents[]> {
  const assembly = new ForwardAssembly<CommitEvents>(after);
  const commits = latestFirst.toReversed().map((part) => assembly.take(part));
  return [...commits.filter((commit) => commit !== undefined), ...(await rest(pages, assembly, toFolded, upTo))];
}

/** The last commit of a range, where the range cuts it; none while it is being written. */
async function rest<TCommit extends CommitEvents>(
  pages: ItemPages,
  assembly: ForwardAssembly<TCommit>,
  decode: ToPart<TCommit>,
  upTo: number | undefined,
): Promise<readonly TCommit[]> {
  const last = assembly.parts.at(-1);
  const missing = last === undefined ? [] : await partsAfter(pages, last, decode, upTo);
  return missing.length === 0 ? [] : [joined([...assembly.parts, ...missing])];
}

/** The parts of a commit that a range cut off; none while the commit is being written. */
async function partsAfter<TCommit extends CommitEvents>(
  pages: ItemPages,
  { commit, end }: Part<CommitEvents>,
  decode: ToPart<TCommit>,
  upTo: number | undefined,
): Promise<readonly Part<TCommit>[]> {
  if (upTo === undefined) return [];
  const parts: Part<TCommit>[] = [];
  for await (const items of pages.of({ from: commit.last + 1, upTo: end })) parts.push(...items.map(decode));
  return parts.at(-1)?.commit.last === end ? parts : [];
}

function restOfPart(part: Part<Commit>, after: number): Part<Commit> {
  return { ...part, commit: restOf(part.commit, after) };
}
