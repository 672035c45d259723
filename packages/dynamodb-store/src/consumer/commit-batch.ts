import { type Commit, checkFollows } from '@everfold/core';
import type { DynamoDBRecord } from 'aws-lambda';
import { decodeStreamRecord } from '../stream-record.js';

/** A record of the stream that holds a new commit. */
export interface CommitRecord {
  readonly kind: 'commit';
  readonly sequenceNumber: string;
  readonly commit: Commit;
}

/** A record that should hold a new commit and cannot be read. */
export interface UnreadableRecord {
  readonly kind: 'unreadable';
  readonly sequenceNumber: string;
  readonly error: unknown;
  /** Where the commit stands, as far as the record's own key tells. */
  readonly stream: string | undefined;
  readonly version: number | undefined;
  /** Version of its last event, as far as the record tells; never less than `version`. */
  readonly last: number | undefined;
  readonly commitId: string | undefined;
}

/** A record of the stream, as far as it concerns a consumer. */
export type BatchRecord = CommitRecord | UnreadableRecord;

/** Reads the records of a batch, in their order. Changes and removals of items are not commits, and are left out. */
export function readRecords(records: readonly DynamoDBRecord[]): BatchRecord[] {
  return records.map(readRecord).filter((record) => record !== undefined);
}

function readRecord(record: DynamoDBRecord): BatchRecord | undefined {
  // Lambda takes an empty identifier for a failure of the whole batch: right for a record without a place in it.
  const sequenceNumber = record.dynamodb?.SequenceNumber ?? '';
  try {
    const commit = decodeStreamRecord(record);
    if (commit === undefined) return undefined;
    checkFollows(commit, commit.version - 1);
    return { kind: 'commit', sequenceNumber, commit };
  } catch (error) {
    return { kind: 'unreadable', sequenceNumber, error, ...placeOf(record) };
  }
}

/** Gathers commits by stream, each stream's in the order given. */
export function groupByStream(commits: readonly Commit[]): Map<string, Commit[]> {
  const streams = new Map<string, Commit[]>();
  for (const commit of commits) {
    const others = streams.get(commit.stream);
    if (others === undefined) streams.set(commit.stream, [commit]);
    else others.push(commit);
  }
  return streams;
}

/**
 * Puts commits in an order that a consumer can trust: each stream's by version, each commit once, and the streams
 * interleaved as they arrived, because what one stream causes in another arrives later.
 */
export function inVersionOrder(arrived: readonly Commit[]): Commit[] {
  const arrivals = new Map(arrived.map((commit, place) => [commit, place]));
  const places = new Map<Commit, number>();
  for (const commits of groupByStream(arrived).values()) {
    const sorted = commits.toSorted((one, other) => one.version - other.version);
    const once = sorted.filter((commit, index) => commit.version !== sorted[index - 1]?.version);
    // A commit that arrived after its successor takes the successor's place: going backwards, places never grow.
    let place = Number.POSITIVE_INFINITY;
    for (const commit of once.toReversed()) {
      place = Math.min(place, arrivals.get(commit) ?? place);
      places.set(commit, place);
    }
  }
  const byPlace = (one: Commit, other: Commit) =>
    (places.get(one) ?? 0) - (places.get(other) ?? 0) || one.version - other.version;
  return [...places.keys()].sort(byPlace);
}

function placeOf({ dynamodb }: DynamoDBRecord): Pick<UnreadableRecord, 'stream' | 'version' | 'last' | 'commitId'> {
  const stream = dynamodb?.Keys?.stream?.S;
  const version = dynamodb?.Keys?.version?.N === undefined ? undefined : Number(dynamodb.Keys.version.N);
  const last = Number(dynamodb?.NewImage?.last?.N);
  const isEnd = version !== undefined && Number.isSafeInteger(last) && last >= version;
  return { stream, version, last: isEnd ? last : undefined, commitId: dynamodb?.NewImage?.commit?.S };
}
