import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Commit, isEverfoldError } from '@everfold/core';
import { groupByStream, type StreamFailure } from '@everfold/dynamodb-store';
import type { CommitSource } from '../../apply/catch-up.js';
import { type RebuildFromOptions, type Rebuilt, runRebuild } from '../rebuild.js';
import { type Unit, unitsOf } from '../units.js';
import { Buckets, bucketsFor } from './buckets.js';
import { ExportIncompleteError } from './errors.js';
import { type Export, readManifest } from './manifest.js';

/** What `rebuildFromExport` works with. All but the projection, the store of the rows and the directory have defaults. */
export interface RebuildFromExportOptions<TRow extends object> extends RebuildFromOptions<TRow> {
  /** Where the export lies: `AWSDynamoDB/<id>` as it is in the bucket, or a directory that has it somewhere below. */
  readonly directory: string;
  /** Where commits are read that are in none of the files. Default: there must be none. */
  readonly eventStore?: CommitSource;
  /** Where items are put in order, on a disk with room for the whole table, unpacked. Default: the machine's own place. */
  readonly temporaryDirectory?: string;
}

/**
 * Rebuilds a projection as `rebuild` does, from a full export of the event table to S3 in DynamoDB JSON, copied to disk: for
 * tables that are too large to scan, or not to be burdened. The live handler has to have run before the time of the export.
 *
 * Files are checked against their manifest: all there, the number of their items, their MD5. Items come in no order and are
 * put in order on disk, so memory stays flat. A run that goes on puts them in order again, and applies the rest.
 *
 * Costs nothing of the event table, but one Query for each gap in a stream. Writes of the rows are those of `rebuild`.
 *
 * @throws ExportUnreadableError for a file or line that is not as it has to be, with its number and the reason.
 * @throws RebuildIncompleteError when streams could not be applied; its reasons say which version the export has not.
 * @throws RebuildTakenOverError, InvalidArgumentError, and what the stores throw when they cannot go on.
 *
 * @example
 * ```ts
 * await rebuildFromExport({ projection: orders, eventStore, readModels, directory: './export' });
 * ```
 */
export async function rebuildFromExport<TRow extends object>(
  options: RebuildFromExportOptions<TRow>,
): Promise<Rebuilt> {
  const { directory, eventStore, temporaryDirectory = tmpdir(), signal, unitEvents = 10_000 } = options;
  const found = await readManifest(directory);
  const buckets = bucketsFor(found.files);
  const items = found.files.reduce((sum, file) => sum + (file.items ?? Number.NaN), 0);
  const known = Number.isNaN(items) ? {} : { expectedCommits: items };
  const place = await mkdtemp(join(temporaryDirectory, 'everfold-export-'));
  try {
    const rebuilding = {
      ...known,
      ...options,
      source: `export ${found.id} ${buckets}`,
      segments: buckets,
      eventStore: eventStore ?? nothing,
      retryFrom: eventStore,
    };
    const asOf = found.asOf === undefined ? {} : { asOf: found.asOf };
    return await runRebuild({ ...rebuilding, ...asOf }, ({ cursor }) =>
      unitsOf(
        bucketPages(found, new Buckets(place, buckets), { buckets, from: Number(cursor ?? 0), eventStore, signal }),
        unitEvents,
      ),
    );
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** A source that has nothing. */
const nothing: CommitSource = {
  async *read() {
    // Without a store, what is missing stays missing.
  },
};

interface BucketOptions {
  readonly buckets: number;
  /** The first bucket that is not applied yet. */
  readonly from: number;
  readonly eventStore: CommitSource | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The commits of each bucket, each stream's in version order, without gaps. */
async function* bucketPages(
  { files }: Export,
  spread: Buckets,
  { buckets, from, eventStore, signal }: BucketOptions,
): AsyncIterable<Unit> {
  await spread.fill(files, from, signal);
  for (let bucket = from; bucket < buckets; bucket++) {
    const streams = groupByStream(await spread.take(bucket, files));
    const commits: Commit[] = [];
    const failures: StreamFailure[] = [];
    for (const [stream, ofStream] of streams) {
      const { found, error } = await whole(ofStream, eventStore);
      for (const commit of found) commits.push(commit);
      if (error !== undefined) failures.push({ stream, after: found.at(-1)?.last ?? 0, error });
    }
    yield { commits, cursor: String(bucket + 1), failures };
  }
}

/** The commits of a stream in order, with those that are missing, as far as there are any. */
async function whole(
  commits: readonly Commit[],
  eventStore: CommitSource = nothing,
): Promise<{ readonly found: Commit[]; readonly error?: unknown }> {
  const found: Commit[] = [];
  let last = 0;
  for (const commit of commits.toSorted((one, other) => one.version - other.version)) {
    if (commit.last <= last) continue;
    if (commit.version > last + 1) {
      try {
        for await (const missing of eventStore.read(commit.stream, { after: last, upTo: commit.version - 1 })) {
          found.push(missing);
          last = missing.last;
        }
      } catch (error) {
        if (isEverfoldError(error, 'STREAM_CORRUPTED')) return { found, error };
        throw error;
      }
      if (last !== commit.version - 1)
        return { found, error: new ExportIncompleteError(commit.stream, last + 1, commit.version) };
    }
    found.push(commit);
    last = commit.last;
  }
  return { found };
}
