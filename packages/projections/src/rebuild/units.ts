import type { Commit } from '@everfold/core';
import type { StreamFailure } from '@everfold/dynamodb-store';

/** Commits that are applied together, and where their source is resumed after them. */
export interface Unit {
  readonly commits: readonly Commit[];
  readonly cursor: string;
  /** Streams of which the source cannot give more than these commits. */
  readonly failures?: readonly StreamFailure[];
}

/**
 * Gathers pages to units of at least so many events: the more of a stream is in one, the fewer writes its rows take.
 */
export async function* unitsOf(pages: AsyncIterable<Unit>, events: number): AsyncGenerator<Unit, void> {
  let gathered: Commit[] = [];
  let count = 0;
  let failures: StreamFailure[] = [];
  let cursor: string | undefined;
  for await (const page of pages) {
    cursor = page.cursor;
    failures.push(...(page.failures ?? []));
    for (const commit of page.commits) {
      gathered.push(commit);
      count += commit.events.length;
    }
    if (count < events) continue;
    yield { commits: gathered, cursor, failures };
    gathered = [];
    failures = [];
    count = 0;
    cursor = undefined;
  }
  if (cursor !== undefined) yield { commits: gathered, cursor, failures };
}
