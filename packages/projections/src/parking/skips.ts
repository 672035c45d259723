import type { Commit, EventStore } from '@everfold/core';

/** Versions of a stream that were skipped, both included: those of one commit, or of a part of it. */
export interface SkippedVersions {
  readonly version: number;
  readonly last: number;
}

/** What was skipped, by stream; each stream's in version order. */
export type Skips = ReadonlyMap<string, readonly SkippedVersions[]>;

/** Whether a version counts as one without changes. */
export function isSkipped(skipped: readonly SkippedVersions[] | undefined, version: number): boolean {
  return skipped?.some((range) => range.version <= version && version <= range.last) ?? false;
}

/** Adds versions to those that were skipped. */
export function withSkipped(
  skipped: readonly SkippedVersions[],
  { version, last }: SkippedVersions,
): readonly SkippedVersions[] {
  if (isSkipped(skipped, version)) return skipped;
  return [...skipped, { version, last }].sort((one, other) => one.version - other.version);
}

/** A step of reading: a commit, or none where versions were skipped; either way everything up to `last` is done with. */
export interface Step {
  readonly commit: Commit | undefined;
  readonly last: number;
}

interface Range {
  readonly after: number;
  /** Default: to the end of the stream. */
  readonly upTo?: number | undefined;
  readonly skipped: readonly SkippedVersions[];
}

/**
 * Reads a stream around what was skipped, which perhaps nobody can decode. A commit that goes on beyond the range is cut:
 * the rest of it arrives, or was skipped, by itself.
 */
export async function* readAround(
  source: Pick<EventStore, 'read'>,
  stream: string,
  { after, upTo, skipped }: Range,
): AsyncIterable<Step> {
  let from = after;
  for (const range of skipped) {
    if (range.last <= from || range.version > (upTo ?? range.version)) continue;
    yield* readUpTo(source, stream, { after: from, upTo: range.version - 1 });
    from = range.last;
    yield { commit: undefined, last: from };
  }
  yield* readUpTo(source, stream, { after: from, upTo });
}

async function* readUpTo(
  source: Pick<EventStore, 'read'>,
  stream: string,
  { after, upTo }: Pick<Range, 'after' | 'upTo'>,
): AsyncIterable<Step> {
  if (upTo !== undefined && upTo <= after) return;
  for await (const commit of source.read(stream, upTo === undefined ? { after } : { after, upTo })) {
    const found = upTo !== undefined && commit.last > upTo ? beginningOf(commit, upTo) : commit;
    yield { commit: found, last: found.last };
  }
}

function beginningOf(commit: Commit, last: number): Commit {
  return { ...commit, last, events: commit.events.slice(0, last - commit.version + 1) };
}
