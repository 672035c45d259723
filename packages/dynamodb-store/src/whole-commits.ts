import { type Commit, InvalidArgumentError, StreamCorruptedError } from '@everfold/core';
import { endVersionOf, fromItem, type Item } from './commit-item.js';

/** An item's events, and where the commit ends that they belong to. */
export interface Part {
  readonly commit: Commit;
  /** Version of the last event of the whole commit. */
  readonly end: number;
}

/** Decodes an item. */
export function toPart(item: Item): Part {
  return { commit: fromItem(item), end: endVersionOf(item) };
}

/** Whether an item holds all of its commit, or all that comes after the version at which reading began. */
export function isEnd({ commit, end }: Part): boolean {
  return commit.last === end;
}

/** Whether an item begins its commit. */
export function isBeginning({ commit }: Part): boolean {
  return (commit.offset ?? 0) === 0;
}

/**
 * Joins the parts of one commit, in version order.
 *
 * @param parts - At least one.
 * @throws StreamCorruptedError when they are not of one commit.
 */
export function joined(parts: readonly Part[]): Commit {
  const [first, ...others] = parts;
  if (first === undefined) throw new InvalidArgumentError('A commit has no parts. Give at least one.');
  const { offset, ...commit } = first.commit;
  for (const { commit: other } of others) {
    if (other.id === commit.id) continue;
    const reason = `another commit begins before commit ${commit.id} has ended`;
    throw new StreamCorruptedError(commit.stream, other.version, reason);
  }
  const rest = offset ? { offset } : {};
  if (others.length === 0) return { ...commit, ...rest };
  const { last } = others.at(-1)?.commit ?? commit;
  return { ...commit, last, events: parts.flatMap((part) => part.commit.events), ...rest };
}
