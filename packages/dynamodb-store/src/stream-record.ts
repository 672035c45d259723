import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Commit, type Metadata, StreamCorruptedError } from '@everfold/core';
import type { DynamoDBRecord } from 'aws-lambda';
import { isClaimItem } from './claim-item.js';
import { fromItem, toItem } from './commit-item.js';

/**
 * Reads the commit out of a record of the event table's stream.
 *
 * @returns `undefined` for what is not a new commit: changes and removals of items are not events, and neither are unique
 *   values that were claimed.
 * @throws StreamCorruptedError when a new item is not a commit, or the record does not hold it.
 *
 * @example
 * ```ts
 * const commits = event.Records.map(decodeStreamRecord).filter((commit) => commit !== undefined);
 * ```
 */
export function decodeStreamRecord(record: DynamoDBRecord): Commit | undefined {
  if (record.eventName !== 'INSERT') return undefined;
  const image = record.dynamodb?.NewImage;
  if (image === undefined) {
    const { stream, version } = record.dynamodb?.Keys ?? {};
    const reason = "its stream record has no new image: the table's StreamViewType must be NEW_IMAGE";
    throw new StreamCorruptedError(stream?.S ?? '(no stream)', Number(version?.N), reason);
  }
  // Lambda's shape differs from the SDK's for binary values only: base64 text.
  const item = image as Record<string, AttributeValue>;
  return isClaimItem(item) ? undefined : fromItem(item);
}

/** What a record of the stream tells of its commit before anything of that is decoded but its metadata. */
export interface RecordHead {
  readonly stream: string;
  /** Of the commit's first event. */
  readonly version: number;
  readonly metadata: Metadata;
}

/**
 * Reads what a log and a trace want to know of a record: cheap, and without a complaint, because whoever handles the record will
 * make one.
 *
 * @returns `undefined` for what is not a new commit, or not a readable one.
 *
 * @example
 * ```ts
 * for (const record of event.Records) log(readRecordHead(record)?.metadata.correlationId ?? 'none');
 * ```
 */
export function readRecordHead({ eventName, dynamodb }: DynamoDBRecord): RecordHead | undefined {
  const { stream, version, meta } = dynamodb?.NewImage ?? {};
  if (eventName !== 'INSERT' || stream?.S === undefined || meta?.S === undefined) return undefined;
  try {
    return { stream: stream.S, version: Number(version?.N), metadata: JSON.parse(meta.S) };
  } catch {
    return undefined;
  }
}

/**
 * Writes the record that the event table's stream carries for a commit: for hosts and tests without a table.
 *
 * @param sequence - Place in the stream, from 1.
 *
 * @example
 * ```ts
 * await handler({ Records: [encodeStreamRecord(commit, 1)] });
 * ```
 */
export function encodeStreamRecord(commit: Commit, sequence: number): DynamoDBRecord {
  const { stream, version, ...rest } = toItem(commit);
  const sequenceNumber = String(sequence).padStart(21, '0');
  return {
    eventID: commit.id,
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'local',
    eventSourceARN: 'arn:aws:dynamodb:local:000000000000:table/events/stream/memory',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(Date.parse(commit.at) / 1000),
      Keys: { stream: { S: stream.S }, version: { N: version.N } },
      NewImage: { stream, version, ...rest } as NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>,
      SequenceNumber: sequenceNumber,
      StreamViewType: 'NEW_IMAGE',
    },
  };
}
