import type { ProjectedCommit } from './work.js';

/** How many items a transaction writes for commits: a position for each stream, and the rows. */
export function itemsOf(commits: readonly ProjectedCommit[]): number {
  return itemNames(commits).size;
}

/**
 * Splits commits, in their order, into transactions of so many items at the most. A commit is never split: positions
 * stand between commits only. One that is too large is alone in its part.
 */
export function splitByItems(commits: readonly ProjectedCommit[], most: number): ProjectedCommit[][] {
  const parts: ProjectedCommit[][] = [];
  let part: ProjectedCommit[] = [];
  let items = new Set<string>();
  for (const commit of commits) {
    const added = itemNames([commit]);
    const together = new Set([...items, ...added]);
    if (part.length > 0 && together.size > most) {
      parts.push(part);
      part = [commit];
      items = added;
    } else {
      part.push(commit);
      items = together;
    }
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

function itemNames(commits: readonly ProjectedCommit[]): Set<string> {
  return new Set(
    commits.flatMap(({ commit, changes }) => [`stream ${commit.stream}`, ...changes.map(({ key }) => `row ${key}`)]),
  );
}
