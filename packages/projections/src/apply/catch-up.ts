import { type Commit, type EventStore, StreamCorruptedError } from '@everfold/core';
import { inParallel } from '@everfold/dynamodb-store';
import type { ProjectedCommit, Work } from './work.js';

/** Reads what was recorded. */
export type CommitSource = Pick<EventStore, 'read'>;

/**
 * Fills the gaps of each stream, from what is known to be applied to its last commit: the records between may have been
 * lost, filtered out, or seen by nobody here. Costs one read of the event store for each gap, and nothing without.
 */
export async function catchUp(work: Work, source: CommitSource, concurrency: number): Promise<void> {
  const arrived = work.open();
  const missing = new Map<Commit, ProjectedCommit[]>();
  await inParallel([...work.streams()], concurrency, async ([stream, commits]) => {
    let known = work.known.get(stream) ?? 0;
    for (const commit of commits) {
      if (commit.version > known + 1) {
        try {
          missing.set(commit, work.project(await readBetween(source, known, commit)));
        } catch (error) {
          work.stop(commit, error);
          return;
        }
      }
      known = commit.last;
    }
  });
  work.replace(arrived.flatMap((projected) => [...(missing.get(projected.commit) ?? []), projected]));
}

/** @throws StreamCorruptedError when the store does not hold all of it. */
async function readBetween(source: CommitSource, after: number, { stream, version }: Commit): Promise<Commit[]> {
  const commits: Commit[] = [];
  // What was delivered may be a later item of a commit, which is read as a whole.
  for await (const commit of source.read(stream, { after, upTo: version - 1 })) commits.push(before(version, commit));
  const end = commits.at(-1)?.last ?? after;
  if (end === version - 1) return commits;
  throw new StreamCorruptedError(stream, end + 1, `it is not in the event store, but version ${version} was delivered`);
}

function before(version: number, commit: Commit): Commit {
  return commit.last < version
    ? commit
    : { ...commit, last: version - 1, events: commit.events.slice(0, version - commit.version) };
}
