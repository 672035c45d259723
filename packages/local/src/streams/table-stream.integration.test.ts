import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
  type StreamSpecification,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DynamoDBStreamsClient,
  ExpiredIteratorException,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { DeadLetter } from '../dead-letters.js';
import { InMemoryCheckpoints } from './checkpoints.js';
import { type FollowedStream, followStream } from './follow-stream.js';
import type { StreamConsumer } from './stream-consumer.js';
import { tableStream } from './table-stream.js';

const dynamodb = new DynamoDBClient({ endpoint: process.env.DYNAMODB_ENDPOINT ?? '' });
const running: FollowedStream[] = [];
const tables: string[] = [];
/** Long, for machines that have much else to do. */
const patience = { timeout: 120_000, interval: 20 };
vi.setConfig({ testTimeout: 180_000 });

afterEach(async () => {
  await Promise.all(running.splice(0).map((followed) => followed.stop()));
});

afterAll(async () => {
  await Promise.all(tables.map((TableName) => dynamodb.send(new DeleteTableCommand({ TableName }))));
  dynamodb.destroy();
});

/** A client of streams that counts its requests, and lets a test make some of them fail. */
function connect(sabotage: (command: string, count: number) => void = () => {}) {
  const client = new DynamoDBStreamsClient({ endpoint: process.env.DYNAMODB_ENDPOINT ?? '' });
  const counts: Record<string, number> = {};
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const count = (counts[commandName] ?? 0) + 1;
        counts[commandName] = count;
        sabotage(commandName, count);
        return next(args);
      },
    { step: 'initialize' },
  );
  return { client, counts };
}

async function createTable({ stream = true } = {}): Promise<string> {
  const TableName = `stream-${process.pid}-${tables.length}-${Date.now()}`;
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [
        { AttributeName: 'stream', KeyType: 'HASH' },
        { AttributeName: 'version', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'stream', AttributeType: 'S' },
        { AttributeName: 'version', AttributeType: 'N' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } }),
    }),
  );
  tables.push(TableName);
  return TableName;
}

const setStream = (table: string, StreamSpecification: StreamSpecification) =>
  dynamodb.send(new UpdateTableCommand({ TableName: table, StreamSpecification }));

/** Writes versions `first` to `last` of a stream, 25 a request. */
async function write(table: string, stream: string, first: number, last: number): Promise<void> {
  const items = Array.from({ length: last - first + 1 }, (_, index) => ({
    stream: { S: stream },
    version: { N: String(first + index) },
    text: { S: 'x'.repeat(200) },
  }));
  for (let start = 0; start < items.length; start += 25) {
    const requests = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }
}

const put = (table: string, item: Record<string, AttributeValue>) =>
  dynamodb.send(new PutItemCommand({ TableName: table, Item: { version: { N: '1' }, ...item } }));

const streamOf = (record: DynamoDBRecord): string => record.dynamodb?.Keys?.stream?.S ?? '';
const versionOf = (record: DynamoDBRecord): number => Number(record.dynamodb?.Keys?.version?.N);
const sequenceOf = (record: DynamoDBRecord): string => record.dynamodb?.SequenceNumber ?? '';

/** A consumer that keeps the records it has taken. */
function collector(name: string, settings: Partial<StreamConsumer> = {}) {
  const records: DynamoDBRecord[] = [];
  const invoke = async (event: DynamoDBStreamEvent) => {
    const answer = await settings.invoke?.(event);
    records.push(...event.Records);
    return answer;
  };
  return { records, consumer: { name, ...settings, invoke } };
}

interface Following {
  readonly table: string;
  readonly consumers: readonly StreamConsumer[];
  readonly client?: DynamoDBStreamsClient;
  readonly checkpoints?: InMemoryCheckpoints;
  readonly idleMs?: number;
}

async function follow({ table, consumers, client = connect().client, checkpoints, idleMs = 20 }: Following) {
  const letters: DeadLetter[] = [];
  const warnings: string[] = [];
  const log = { warn: (message: string) => void warnings.push(message) };
  const followed = await followStream({
    source: await tableStream({ client, table, idleMs, log, random: () => 0 }),
    consumers,
    ...(checkpoints && { checkpoints }),
    deadLetters: { write: async (letter) => void letters.push(letter) },
    random: () => 0,
    log,
  });
  running.push(followed);
  return { followed, letters, warnings };
}

/** The versions of each stream, in the order of arrival. */
function versionsByStream(records: readonly DynamoDBRecord[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const record of records)
    groups.set(streamOf(record), [...(groups.get(streamOf(record)) ?? []), versionOf(record)]);
  return groups;
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('a table whose stream is followed', () => {
  it('delivers thousands of items to every consumer, once and in order, from one reading of the shard', async () => {
    const table = await createTable();
    const streams = ['order-1', 'order-2', 'order-3', 'order-4'];
    const { client, counts } = connect();
    const projector = collector('projector');
    const publisher = collector('publisher', { batchSize: 1_000 });
    const auditor = collector('auditor', { batchSize: 7 });
    await Promise.all(streams.map((stream) => write(table, stream, 1, 500)));

    await follow({ table, client, consumers: [projector.consumer, publisher.consumer, auditor.consumer] });
    await Promise.all(streams.map((stream) => write(table, stream, 501, 1_000)));

    for (const { records } of [projector, publisher, auditor]) {
      await vi.waitFor(() => expect(records.length).toBeGreaterThanOrEqual(4_000), patience);
      expect(versionsByStream(records)).toEqual(new Map(streams.map((stream) => [stream, upTo(1_000)])));
    }
    expect(counts).toMatchObject({ ListStreamsCommand: 1, DescribeStreamCommand: 1, GetShardIteratorCommand: 1 });
  });

  it('gives a handler the event that Lambda gives it', async () => {
    const table = await createTable();
    const { records, consumer } = collector('projector');
    await follow({ table, consumers: [consumer] });

    await put(table, {
      stream: { S: 'order-1' },
      packed: { B: new Uint8Array([1, 2, 255]) },
      types: { SS: ['Placed'] },
    });
    await vi.waitFor(() => expect(records).toHaveLength(1), patience);

    expect(records[0]).toEqual({
      eventID: expect.any(String),
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'ddblocal',
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number),
        Keys: { stream: { S: 'order-1' }, version: { N: '1' } },
        NewImage: { stream: { S: 'order-1' }, version: { N: '1' }, packed: { B: 'AQL/' }, types: { SS: ['Placed'] } },
        SequenceNumber: expect.stringMatching(/^\d{21}$/),
        SizeBytes: expect.any(Number),
        StreamViewType: 'NEW_IMAGE',
      },
      eventSourceARN: expect.stringContaining(`:table/${table}/stream/`),
    });
    expect(records[0]?.dynamodb?.ApproximateCreationDateTime).toBeGreaterThan(1_700_000_000);
  });

  it('delivers a batch until it is taken', async () => {
    const table = await createTable();
    await write(table, 'order-1', 1, 3);
    let attempts = 0;
    const { records, consumer } = collector('projector', {
      invoke: () => {
        attempts += 1;
        if (attempts <= 2) throw new Error('not yet');
      },
    });

    const { letters } = await follow({ table, consumers: [consumer] });
    await vi.waitFor(() => expect(records.map(versionOf)).toEqual([1, 2, 3]), patience);

    expect(attempts).toBe(3);
    expect(letters).toEqual([]);
  });

  it('starts over at the record that was reported', async () => {
    const table = await createTable();
    await write(table, 'order-1', 1, 10);
    const batches: number[][] = [];
    const consumer: StreamConsumer = {
      name: 'projector',
      invoke: ({ Records }) => {
        batches.push(Records.map(versionOf));
        const bad = batches.length === 1 ? Records.filter((record) => versionOf(record) >= 6) : [];
        return { batchItemFailures: bad.reverse().map((record) => ({ itemIdentifier: sequenceOf(record) })) };
      },
    };

    await follow({ table, consumers: [consumer] });
    await vi.waitFor(() => expect(batches).toHaveLength(2), patience);

    expect(batches).toEqual([upTo(10), upTo(10, 6)]);
  });

  it('puts the record that is never taken into the dead letters, and goes on with the rest', async () => {
    const table = await createTable();
    await write(table, 'order-1', 1, 50);
    const { records, consumer } = collector('projector', {
      retries: 2,
      bisect: true,
      invoke: ({ Records }) => {
        if (Records.some((record) => versionOf(record) === 17)) throw new Error('unlucky');
      },
    });

    const { letters } = await follow({ table, consumers: [consumer] });
    await vi.waitFor(() => expect(records.map(versionOf)).toEqual([...upTo(16), ...upTo(50, 18)]), patience);

    expect(letters).toEqual([
      {
        at: expect.any(String),
        function: 'projector',
        source: expect.stringContaining(`:table/${table}/stream/`),
        reason: 'Error: unlucky',
        attempts: 3,
        payload: { Records: [expect.objectContaining({ eventName: 'INSERT' })] },
      },
    ]);
  });

  it('delivers what is written after the start, and nothing before it, when only the latest is wanted', async () => {
    const table = await createTable();
    await write(table, 'order-1', 1, 30);
    const { records, consumer } = collector('projector', { start: 'LATEST' });

    await follow({ table, consumers: [consumer] });
    await write(table, 'order-1', 31, 40);

    await vi.waitFor(() => expect(records.map(versionOf)).toEqual(upTo(40, 31)), patience);
  });

  it('begins each consumer at its own checkpoint after a stop', async () => {
    const table = await createTable();
    const checkpoints = new InMemoryCheckpoints();
    const early = collector('early');
    await write(table, 'order-1', 1, 300);
    const { followed } = await follow({ table, consumers: [early.consumer], checkpoints });
    await vi.waitFor(() => expect(early.records).toHaveLength(300), patience);
    await followed.stop();
    await write(table, 'order-1', 301, 600);

    const again = collector('early');
    const late = collector('late');
    await follow({ table, consumers: [again.consumer, late.consumer], checkpoints });
    await write(table, 'order-1', 601, 700);

    await vi.waitFor(() => expect(again.records.map(versionOf)).toEqual(upTo(700, 301)), patience);
    await vi.waitFor(() => expect(late.records.map(versionOf)).toEqual(upTo(700)), patience);
  });

  it('follows the newest stream of a table that has had several', async () => {
    const table = await createTable();
    await write(table, 'order-1', 1, 5);
    await setStream(table, { StreamEnabled: false });
    await setStream(table, { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' });
    const { records, consumer } = collector('projector');

    await follow({ table, consumers: [consumer] });
    await write(table, 'order-1', 6, 10);

    await vi.waitFor(() => expect(records.map(versionOf)).toEqual(upTo(10, 6)), patience);
  });

  it('lets a slow consumer fall behind, and still gives it everything', async () => {
    const table = await createTable();
    const fast = collector('fast', { batchSize: 1_000 });
    const slow = collector('slow', {
      batchSize: 200,
      invoke: async () => {
        await vi.waitFor(() => expect(fast.records).toHaveLength(60), patience);
      },
    });
    const text = { S: 'x'.repeat(390_000) };

    // Together more than what is kept for slower readers.
    await follow({ table, consumers: [fast.consumer, slow.consumer] });
    for (const version of upTo(60)) await put(table, { stream: { S: 'order-1' }, version: { N: `${version}` }, text });

    await vi.waitFor(() => expect(fast.records.map(versionOf)).toEqual(upTo(60)), patience);
    await vi.waitFor(() => expect(slow.records.map(versionOf)).toEqual(upTo(60)), patience);
  });
});

describe('a table stream when reading fails', () => {
  it('goes on after the last record when the iterator has expired', async () => {
    const table = await createTable();
    const { client, counts } = connect((command, count) => {
      if (command === 'GetRecordsCommand' && (count === 1 || count === 4)) {
        throw new ExpiredIteratorException({ message: 'The shard iterator has expired.', $metadata: {} });
      }
    });
    await write(table, 'order-1', 1, 20);
    const { records, consumer } = collector('projector');

    const { warnings } = await follow({ table, client, consumers: [consumer] });
    await vi.waitFor(() => expect(counts.GetRecordsCommand).toBeGreaterThan(5), patience);
    await write(table, 'order-1', 21, 40);
    await vi.waitFor(() => expect(records.map(versionOf)).toEqual(upTo(40)), patience);

    expect(counts.GetShardIteratorCommand).toBe(3);
    expect(warnings).toEqual([]);
  });

  it('says so and reads the oldest there is when records are gone before they were read', async () => {
    const table = await createTable();
    const { client } = connect((command, count) => {
      if (command === 'GetRecordsCommand' && count <= 2) {
        throw Object.assign(new Error('trimmed'), { name: 'TrimmedDataAccessException' });
      }
    });
    await write(table, 'order-1', 1, 5);
    const { records, consumer } = collector('projector');

    const { warnings } = await follow({ table, client, consumers: [consumer] });
    await vi.waitFor(() => expect(records.map(versionOf)).toEqual(upTo(5)), patience);

    expect(warnings).toEqual([expect.stringContaining('are gone before they were read')]);
  });

  it('tries again, saying so once, while requests are throttled', async () => {
    const table = await createTable();
    const { client } = connect((command, count) => {
      if (command === 'GetRecordsCommand' && count <= 5) {
        throw Object.assign(new Error('Rate exceeded'), { name: 'LimitExceededException' });
      }
    });
    await write(table, 'order-1', 1, 5);
    const { records, consumer } = collector('projector');

    const { warnings } = await follow({ table, client, consumers: [consumer] });
    await vi.waitFor(() => expect(records.map(versionOf)).toEqual(upTo(5)), patience);

    expect(warnings).toEqual([expect.stringContaining('failed (LimitExceededException: Rate exceeded). Trying again')]);
  });

  it('stops while the server does not answer', async () => {
    const table = await createTable();
    const { client, counts } = connect((command) => {
      if (command === 'GetRecordsCommand') throw new Error('connect ECONNREFUSED');
    });
    const { followed } = await follow({ table, client, consumers: [collector('projector').consumer] });
    await vi.waitFor(() => expect(counts.GetRecordsCommand).toBeGreaterThan(2), patience);

    await followed.stop();
    const count = counts.GetRecordsCommand;
    await new Promise((resolve) => setTimeout(resolve, 200));

    expect(counts.GetRecordsCommand).toBe(count);
  });

  it('ends a consumer, saying so, when the stream is gone', async () => {
    const table = await createTable();
    const { client, counts } = connect((command, count) => {
      if (command === 'GetRecordsCommand' && count > 1) {
        throw new ResourceNotFoundException({ message: 'Requested resource not found', $metadata: {} });
      }
    });

    const { warnings } = await follow({ table, client, consumers: [collector('projector').consumer] });
    await vi.waitFor(() => expect(warnings).toHaveLength(1), patience);
    await new Promise((resolve) => setTimeout(resolve, 200));

    expect(warnings).toEqual([
      expect.stringMatching(/^Function "projector" cannot go on: Shard .* is gone. What was not read of it is lost;/),
    ]);
    expect(counts.GetRecordsCommand).toBe(2);
  });

  it('refuses a table without a stream', async () => {
    const table = await createTable({ stream: false });

    await expect(tableStream({ client: connect().client, table })).rejects.toThrow(
      `Table "${table}" has no stream. Create it with a StreamSpecification.`,
    );
  });

  it('asks an idle shard no more often than it is told to', async () => {
    const table = await createTable();
    const { client, counts } = connect();
    const consumers = ['a', 'b', 'c'].map((name) => collector(name).consumer);

    await follow({ table, client, consumers, idleMs: 100 });
    await new Promise((resolve) => setTimeout(resolve, 1_000));

    expect(counts.GetRecordsCommand).toBeGreaterThanOrEqual(2);
    expect(counts.GetRecordsCommand).toBeLessThanOrEqual(11);
  });
});
