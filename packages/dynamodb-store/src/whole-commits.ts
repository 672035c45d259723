import { type Commit, type CommitEvents, InvalidArgumentError, StreamCorruptedError } from '@everfold/core';
import { endVersionOf, eventsFromItem, fromItem, type Item } from './commit-item.js';

/** An item's events, and where the commit ends that they belong to. */
export interface Part<TCommit extends CommitEvents> {
  readonly commit: TCommit;
  /** Version of the last event of the whole commit. */
  readonly end: number;
}

/** Makes a part of an item. */
export type ToPart<TCommit extends CommitEvents> = (item: Item) => Part<TCommit>;

/** Decodes an item. */
export function toPart(item: Item): Part<Commit> {
  return { commit: fromItem(item), end: endVersionOf(item) };
}

/** Decodes of the items of a stream what folding takes. */
export function toFoldedPart(stream: string): ToPart<CommitEvents> {
  return (item) => ({ commit: eventsFromItem(item, stream), end: endVersionOf(item) });
}

/** Whether an item holds all of its commit, or all that comes after the version at which reading began. */
export function isEnd({ commit, end }: Part<CommitEvents>): boolean {
  return commit.last === end;
}

/** Whether an item begins its commit, or all of it that comes after the version at which reading ends. */
export function isBeginning({ commit }: Part<CommitEvents>, after: number): boolean {
  return (commit.offset ?? 0) === 0 || commit.version === after + 1;
}

/**
 * Joins the parts of one commit, in version order.
 *
 * @param parts - At least one.
 * @throws StreamCorruptedError when they are not of one commit.
 */
export function joined<TCommit extends CommitEvents>(parts: readonly Part<TCommit>[]): TCommit {
  const [first, ...others] = parts;
  if (first === undefined) throw new InvalidArgumentError('A commit has no parts. Give at least one.');
  const { commit } = first;
  if (others.length === 0) return commit;
  let { last } = commit;
  for (const { commit: other } of others) {
    if (other.offset !== (commit.offset ?? 0) + other.version - commit.version) {
      const reason = `another commit begins before the one of version ${commit.version} has ended`;
      throw new StreamCorruptedError(commit.stream, other.version, reason);
    }
    last = other.last;
  }
  return { ...commit, last, events: parts.flatMap((part) => part.commit.events) };
}
