import type { Commit } from '@everfold/core';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { encodeStreamRecord } from '../stream-record.js';
import type { ConsumerFailure } from './failure.js';
import type { UnreadableCommit, Verdict } from './judge.js';
import { createStreamConsumer, eachStream } from './stream-consumer.js';

function record(stream: string, version: number, { broken = false, last = version } = {}): DynamoDBRecord {
  const commit: Commit = {
    stream,
    version,
    last: version,
    id: `${stream}@${version}`,
    at: '2026-01-01T00:00:00.000Z',
    events: [{ type: 'Happened', data: {} }],
    metadata: { correlationId: 'c', causationId: 'c' },
  };
  const { dynamodb, ...rest } = encodeStreamRecord(commit, version);
  const image = { ...dynamodb?.NewImage, last: { N: String(last) }, ...(broken ? { events: { S: '[' } } : {}) };
  return { ...rest, dynamodb: { ...dynamodb, SequenceNumber: `${stream}@${version}`, NewImage: image } };
}

const broken = { broken: true };

/** Runs one batch with a judge, and tells what was handled, judged, reported and heard. */
async function consume(Records: DynamoDBRecord[], judge: (commit: UnreadableCommit) => Verdict, failing?: string) {
  const handled: string[] = [];
  const judged: UnreadableCommit[] = [];
  const heard: ConsumerFailure[] = [];
  const consumer = createStreamConsumer({
    handle: eachStream(async (_stream, commits, done) => {
      for (const commit of commits) {
        if (commit.id === failing) throw new Error('poison');
        handled.push(commit.id);
        done(commit);
      }
    }),
    judge: async (commit) => {
      judged.push(commit);
      return judge(commit);
    },
    onFailure: (failure) => heard.push(failure),
  });
  const { batchItemFailures } = await consumer({ Records });
  return { handled, judged, heard, reported: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
}

describe('a record that cannot be read', () => {
  it('is judged with what the record tells of its commit', async () => {
    const { judged } = await consume([record('a-1', 2, { broken: true, last: 4 })], () => 'failed');

    expect(judged).toMatchObject([
      { stream: 'a-1', version: 2, last: 4, commitId: 'a-1@2', error: { code: 'STREAM_CORRUPTED' } },
    ]);
  });

  it('tells no end that cannot be right', async () => {
    const { judged } = await consume([record('a-1', 2, { broken: true, last: 1 })], () => 'failed');

    expect(judged).toMatchObject([{ version: 2, last: undefined }]);
  });

  it('is reported with its successors when it has failed', async () => {
    const Records = [record('a-1', 1), record('a-1', 2, broken), record('a-1', 3), record('b-1', 1)];

    const { handled, reported, heard } = await consume(Records, () => 'failed');

    expect(handled.sort()).toEqual(['a-1@1', 'b-1@1']);
    expect(reported).toEqual(['a-1@2', 'a-1@3']);
    expect(heard).toMatchObject([{ stream: 'a-1', after: 1 }]);
  });

  it('counts as handled with its successors when its stream is parked, and what comes before is handled', async () => {
    const Records = [record('a-1', 4, broken), record('a-1', 1), record('a-1', 2, broken), record('a-1', 3)];

    const { handled, judged, reported, heard } = await consume(Records, () => 'parked');

    expect(handled).toEqual(['a-1@1']);
    expect(judged.map(({ version }) => version)).toEqual([2]);
    expect(reported).toEqual([]);
    expect(heard).toEqual([]);
  });

  it('does not hide a failure before it when its stream is parked', async () => {
    const Records = [record('a-1', 1), record('a-1', 2), record('a-1', 3, broken), record('a-1', 4)];

    const { reported } = await consume(Records, () => 'parked', 'a-1@1');

    expect(reported).toEqual(['a-1@1', 'a-1@2']);
  });

  it('lets its stream go on when it is skipped, up to the next that is not', async () => {
    const Records = [record('a-1', 1, broken), record('a-1', 2), record('a-1', 3, broken), record('a-1', 4)];

    const { handled, reported } = await consume(Records, ({ version }) => (version === 1 ? 'skipped' : 'failed'));

    expect(handled).toEqual(['a-1@2']);
    expect(reported).toEqual(['a-1@3', 'a-1@4']);
  });

  it('is judged once, however often it is in the batch', async () => {
    const Records = [record('a-1', 1, broken), record('a-1', 1, broken)];

    const { judged, reported } = await consume(Records, () => 'failed');

    expect(judged).toHaveLength(1);
    expect(reported).toEqual(['a-1@1', 'a-1@1']);
  });

  it('is reported with both errors when it cannot be judged', async () => {
    const { reported, heard } = await consume([record('a-1', 1, broken)], () => {
      throw new Error('no lot');
    });

    expect(reported).toEqual(['a-1@1']);
    expect(heard[0]?.error).toMatchObject({ errors: [{ code: 'STREAM_CORRUPTED' }, new Error('no lot')] });
  });
});
