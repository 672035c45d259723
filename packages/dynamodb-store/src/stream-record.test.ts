import type { Commit } from '@everfold/core';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { toItem } from './commit-item.js';
import { decodeStreamRecord, encodeStreamRecord, readRecordHead } from './stream-record.js';

const commit: Commit = {
  stream: 'order-1',
  version: 4,
  last: 5,
  id: '01JB0000000000000000000000',
  at: '2026-01-02T03:04:05.678Z',
  events: [
    { type: 'Placed', data: { cents: 1 } },
    { type: 'Paid', data: null },
  ],
  metadata: { correlationId: 'c', causationId: 'k' },
};

const record = encodeStreamRecord(commit, 42);

describe('encodeStreamRecord', () => {
  test("makes the record of the table's stream", () => {
    expect(record).toStrictEqual({
      eventID: '01JB0000000000000000000000',
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'local',
      eventSourceARN: 'arn:aws:dynamodb:local:000000000000:table/events/stream/memory',
      dynamodb: {
        ApproximateCreationDateTime: Date.UTC(2026, 0, 2, 3, 4, 5) / 1_000,
        Keys: { stream: { S: 'order-1' }, version: { N: '4' } },
        NewImage: toItem(commit),
        SequenceNumber: '000000000000000000042',
        StreamViewType: 'NEW_IMAGE',
      },
    });
  });

  test('gives later records greater sequence numbers, as numbers and as text', () => {
    const numbers = [1, 9, 10, 99, 1_000].map(
      (sequence) => encodeStreamRecord(commit, sequence).dynamodb?.SequenceNumber,
    );

    expect([...numbers].sort()).toEqual(numbers);
  });
});

describe('readRecordHead', () => {
  test('tells where a commit is and under which metadata, whatever its events are', () => {
    const image = { ...record.dynamodb?.NewImage, events: { S: 'no JSON' } };

    expect(readRecordHead({ ...record, dynamodb: { NewImage: image } })).toEqual({
      stream: 'order-1',
      version: 4,
      metadata: { correlationId: 'c', causationId: 'k' },
    });
  });

  test.each<[string, DynamoDBRecord]>([
    ['a changed item', { ...record, eventName: 'MODIFY' }],
    ['what is no commit', { ...record, dynamodb: { NewImage: { stream: { S: 'order-1' } } } }],
    ['metadata that is no JSON', { ...record, dynamodb: { NewImage: { stream: { S: 'a-1' }, meta: { S: '{' } } } }],
    ['a record without an image', { eventName: 'INSERT' }],
  ])('says nothing of %s, and does not complain', (_name, other) => {
    expect(readRecordHead(other)).toBeUndefined();
  });
});

describe('decodeStreamRecord', () => {
  test('reads the commit of a new item, even when the record went over the wire', () => {
    expect(decodeStreamRecord(JSON.parse(JSON.stringify(record)))).toStrictEqual(commit);
  });

  test.each<[string, DynamoDBRecord]>([
    ['a changed item', { ...record, eventName: 'MODIFY' }],
    ['a removed item', { ...record, eventName: 'REMOVE', dynamodb: { Keys: { stream: { S: 'order-1' } } } }],
    ['a record of no kind', { dynamodb: record.dynamodb ?? {} }],
  ])('finds no commit in %s', (_name, other) => {
    expect(decodeStreamRecord(other)).toBeUndefined();
  });

  test('refuses a new item that is no commit', () => {
    const { events, ...image } = toItem(commit);
    const flawed = { ...record, dynamodb: { NewImage: image } } as DynamoDBRecord;

    expect(events.S).toContain('Placed');
    expect(() => decodeStreamRecord(flawed)).toThrow(
      expect.objectContaining({ code: 'STREAM_CORRUPTED', stream: 'order-1', version: 4 }),
    );
  });

  test('refuses a new item without an image rather than lose its events', () => {
    const { NewImage, ...keysOnly } = record.dynamodb ?? {};

    expect(NewImage).toBeDefined();
    expect(() => decodeStreamRecord({ ...record, dynamodb: keysOnly })).toThrow(
      expect.objectContaining({
        code: 'STREAM_CORRUPTED',
        stream: 'order-1',
        version: 4,
        message: expect.stringContaining("the table's StreamViewType must be NEW_IMAGE"),
      }),
    );
    expect(() => decodeStreamRecord({ eventName: 'INSERT' })).toThrow(
      expect.objectContaining({ stream: '(no stream)' }),
    );
  });
});
