import type { Commit } from '@everfold/core';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { encodeStreamRecord } from '../stream-record.js';
import type { ConsumerFailure } from './failure.js';
import { createStreamConsumer, eachStream } from './stream-consumer.js';

/** A commit of so many events. Its id tells it from a double. */
function commit(stream: string, version: number, events = 1): Commit {
  return {
    stream,
    version,
    last: version + events - 1,
    id: `${stream}@${version}`,
    at: '2026-01-01T00:00:00.000Z',
    events: Array.from({ length: events }, (_, index) => ({ type: 'Happened', data: { index } })),
    metadata: { correlationId: 'c', causationId: 'c' },
  };
}

/** Records with the sequence numbers s1, s2, … in the order given. */
function recordsOf(...commits: Commit[]): DynamoDBRecord[] {
  return commits.map((one, index) => numbered(encodeStreamRecord(one, index + 1), index));
}

function numbered(record: DynamoDBRecord, index: number): DynamoDBRecord {
  return { ...record, dynamodb: { ...record.dynamodb, SequenceNumber: `s${index + 1}` } };
}

function unreadable(stream: string, version: number): DynamoDBRecord {
  const record = encodeStreamRecord(commit(stream, version), 1);
  return {
    ...record,
    dynamodb: { ...record.dynamodb, NewImage: { ...record.dynamodb?.NewImage, events: { S: '[' } } },
  };
}

/** Runs one batch, and tells what was handled, reported and heard. */
async function consume(records: DynamoDBRecord[], failing: Record<string, number> = {}) {
  const handled: Record<string, number[]> = {};
  const heard: ConsumerFailure[] = [];
  const consumer = createStreamConsumer({
    handle: eachStream(async (stream, commits, done) => {
      for (const one of commits) {
        if (failing[stream] === one.version) throw new Error(`${one.id} is poison`);
        handled[stream] = [...(handled[stream] ?? []), one.version];
        done(one);
      }
    }),
    onFailure: (failure) => heard.push(failure),
  });
  const { batchItemFailures } = await consumer({ Records: records });
  return { handled, heard, reported: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
}

describe('a stream consumer', () => {
  it('handles the commits of each stream in version order, each once', async () => {
    const result = await consume(
      recordsOf(commit('a-1', 2, 2), commit('b-1', 7), commit('a-1', 1), commit('a-1', 2, 2), commit('a-1', 4)),
    );

    expect(result).toEqual({ handled: { 'a-1': [1, 2, 4], 'b-1': [7] }, heard: [], reported: [] });
  });

  it('hands the whole batch over with the streams interleaved as they arrived', async () => {
    const orders: string[] = [];
    const consumer = createStreamConsumer({
      handle: async (commits) => {
        orders.push(commits.map(({ id }) => id).join(' '));
        return [];
      },
    });

    await consumer({
      Records: recordsOf(commit('a-1', 1), commit('b-1', 2), commit('c-1', 1), commit('b-1', 1), commit('a-1', 2)),
    });

    expect(orders).toEqual(['a-1@1 b-1@1 b-1@2 c-1@1 a-1@2']);
  });

  it('takes changes and removals of items for no events', async () => {
    const [first, second, third] = recordsOf(commit('a-1', 1), commit('a-1', 2), commit('a-1', 3));
    const records = [
      { ...first, eventName: 'MODIFY' as const },
      { ...second, eventName: 'REMOVE' as const },
      { ...third },
    ];

    const result = await consume(records);

    expect(result).toEqual({ handled: { 'a-1': [3] }, heard: [], reported: [] });
  });

  it('does not call the handler for a batch without commits', async () => {
    const consumer = createStreamConsumer({ handle: () => Promise.reject(new Error('called')) });

    expect(await consumer({ Records: [] })).toEqual({ batchItemFailures: [] });
  });

  it('holds back a stream after its failure and lets the others go on', async () => {
    const records = recordsOf(commit('a-1', 1), commit('a-1', 2), commit('b-1', 1), commit('a-1', 3), commit('b-1', 2));

    const result = await consume(records, { 'a-1': 2 });

    expect(result.handled).toEqual({ 'a-1': [1], 'b-1': [1, 2] });
    expect(result.reported).toEqual(['s2', 's4']);
    expect(result.heard).toEqual([
      { stream: 'a-1', after: 1, sequenceNumber: 's2', error: new Error('a-1@2 is poison') },
    ]);
  });

  it('reports every record of a commit that failed, doubles too', async () => {
    const result = await consume(recordsOf(commit('a-1', 1), commit('a-1', 1), commit('b-1', 1)), { 'a-1': 1 });

    expect(result.reported).toEqual(['s1', 's2']);
    expect(result.heard).toHaveLength(1);
  });

  it('reports the record of a commit that was handled in part, and what comes after it', async () => {
    const consumer = createStreamConsumer({
      handle: async () => [{ stream: 'a-1', after: 3, error: new Error('lost') }],
      onFailure: () => {},
    });

    const response = await consumer({ Records: recordsOf(commit('a-1', 1), commit('a-1', 2, 4), commit('a-1', 6)) });

    expect(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['s2', 's3']);
  });

  it('reports a record without a sequence number as Lambda takes a failure of the whole batch', async () => {
    const [nameless, good] = recordsOf(commit('a-1', 1), commit('b-1', 1));
    const records = [{ ...nameless, dynamodb: { NewImage: {} } }, { ...good }];

    expect(await consume(records)).toMatchObject({ handled: { 'b-1': [1] }, reported: [''] });
  });

  it('reports everything when the handler throws', async () => {
    const heard: ConsumerFailure[] = [];
    const error = new Error('no table');
    const consumer = createStreamConsumer({
      handle: () => Promise.reject(error),
      onFailure: (failure) => heard.push(failure),
    });

    const response = await consumer({ Records: recordsOf(commit('a-1', 5), commit('b-1', 1), commit('a-1', 6)) });

    expect(response.batchItemFailures).toEqual([
      { itemIdentifier: 's1' },
      { itemIdentifier: 's2' },
      { itemIdentifier: 's3' },
    ]);
    expect(heard).toEqual([
      { stream: 'a-1', after: 4, sequenceNumber: 's1', error },
      { stream: 'b-1', after: 0, sequenceNumber: 's2', error },
    ]);
  });

  it('reports a record that cannot be read and holds back what comes after it in its stream', async () => {
    const good = recordsOf(commit('a-1', 3), commit('b-1', 1), commit('a-1', 1));
    const records = [good[0], unreadable('a-1', 2), good[1], good[2]].flatMap((record) => record ?? []).map(numbered);

    const result = await consume(records);

    expect(result.handled).toEqual({ 'a-1': [1], 'b-1': [1] });
    expect(result.reported).toEqual(['s1', 's2']);
    expect(result.heard).toMatchObject([
      { stream: 'a-1', after: 1, sequenceNumber: 's2', error: { code: 'STREAM_CORRUPTED' } },
    ]);
  });

  it('reports a record whose versions cannot be right', async () => {
    const result = await consume(recordsOf({ ...commit('a-1', 1), last: 4 }));

    expect(result).toMatchObject({ handled: {}, reported: ['s1'], heard: [{ error: { code: 'STREAM_CORRUPTED' } }] });
  });

  it('reports a record without any key and handles all the others', async () => {
    const [keyless, good] = recordsOf(commit('a-1', 1), commit('b-1', 1));
    const records = [{ ...keyless, dynamodb: { SequenceNumber: 's1', NewImage: {} } }, { ...good }];

    const result = await consume(records);

    expect(result.handled).toEqual({ 'b-1': [1] });
    expect(result.reported).toEqual(['s1']);
    expect(result.heard).toMatchObject([{ stream: undefined, after: undefined, sequenceNumber: 's1' }]);
  });
});

describe('a consumer that nobody listens to', () => {
  it('writes each failure to standard error, as one line of JSON', async () => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const consumer = createStreamConsumer({ handle: () => Promise.reject(new Error('no\ntable')) });

    await consumer({ Records: recordsOf(commit('a-1', 1)) });
    spy.mockRestore();

    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(written[0] ?? '')).toMatchObject({
      level: 'ERROR',
      stream: 'a-1',
      error: { message: 'no\ntable' },
    });
  });
});

describe('handling each stream', () => {
  it('works on no more streams at a time than allowed', async () => {
    let running = 0;
    let most = 0;
    const handle = eachStream(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await Promise.resolve();
        running -= 1;
      },
      { concurrency: 3 },
    );

    await handle(Array.from({ length: 20 }, (_, index) => commit(`a-${index}`, 1)));

    expect(most).toBe(3);
  });

  it('refuses a concurrency that would handle nothing', async () => {
    const handle = eachStream(async () => {}, { concurrency: 0 });

    await expect(handle([commit('a-1', 1)])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
