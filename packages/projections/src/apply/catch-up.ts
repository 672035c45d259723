import { type Commit, type EventStore, StreamCorruptedError } from '@everfold/core';
import { inParallel } from '@everfold/dynamodb-store';
import { readAround } from '../parking/skips.js';
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
          missing.set(commit, work.project(await readBetween(source, known, { commit, work })));
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

interface Gap {
  /** What comes after it. */
  readonly commit: Commit;
  readonly work: Work;
}

/** @throws StreamCorruptedError when the store does not hold all of it. */
async function readBetween(source: CommitSource, after: number, { commit, work }: Gap): Promise<Commit[]> {
  const { stream, version } = commit;
  const skipped = work.skips.get(stream) ?? [];
  const commits: Commit[] = [];
  let end = after;
  for await (const { commit: found, last } of readAround(source, stream, { after, upTo: version - 1, skipped })) {
    if (found !== undefined) commits.push(found);
    end = last;
  }
  if (end === version - 1) return commits;
  throw new StreamCorruptedError(stream, end + 1, `it is not in the event store, but version ${version} was delivered`);
}
