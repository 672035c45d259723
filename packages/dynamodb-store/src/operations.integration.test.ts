import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { endOf, startOf, streamName, systemIds } from '@everfold/core';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { toItem } from './commit-item.js';
import type { OperationReport } from './connection.js';
import { itemBytes } from './item-bytes.js';
import { DynamoDBEventStore } from './store.js';
import { createTestTable } from './testing/index.js';

const table = await createTestTable();
afterAll(table.drop);

const reports: OperationReport[] = [];
beforeEach(() => {
  reports.length = 0;
});
const store = new DynamoDBEventStore({ ...table, onOperation: (report) => reports.push(report) });

const metadata = { correlationId: 'c', causationId: 'k' };
const newStream = () => streamName('order', systemIds());
const counted = [{ type: 'Counted', data: 1 }];

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

describe('the report of an operation', () => {
  test('tells what an append took', async () => {
    const stream = newStream();

    const commit = await store.append({ after: startOf(stream), events: counted, metadata });

    expect(reports).toEqual([
      {
        operation: 'append',
        stream,
        requests: 1,
        retries: 0,
        readUnits: 0,
        writeUnits: 1,
        bytes: itemBytes(toItem(commit)),
        durationMs: expect.any(Number),
        error: undefined,
      },
    ]);
    expect(reports[0]?.durationMs).toBeGreaterThanOrEqual(0);
  });

  test('tells what reading took', async () => {
    const stream = newStream();
    const commit = await store.append({ after: startOf(stream), events: counted, metadata });
    reports.length = 0;

    await drain(store.read(stream));
    await store.load(stream);

    const { version, last, events, ...rest } = toItem(commit);
    const read = { stream, requests: 1, readUnits: 1, writeUnits: 0 };
    expect(reports).toMatchObject([
      { operation: 'read', ...read, bytes: itemBytes({ version, last, events, ...rest }) },
      // Folding takes no more of a commit.
      { operation: 'load', ...read, bytes: itemBytes({ version, last, events }) },
    ]);
  });

  test('comes for every operation, once', async () => {
    const stream = newStream();
    const commit = await store.append({ after: startOf(stream), events: counted, metadata });
    await store.saveSnapshot(endOf(commit), { schema: '1', state: 1 });
    await store.transact([
      { after: endOf(commit), events: counted, metadata },
      { claim: { name: 'email', value: systemIds() }, by: stream },
    ]);
    await store.holderOf({ name: 'email', value: 'nobody' });
    await drain(store.scan());
    await drain(store.streams('order'));

    expect(reports.map(({ operation }) => operation)).toEqual([
      'append',
      'saveSnapshot',
      'transact',
      'holderOf',
      'scan',
      'streams',
    ]);
    expect(reports.every(({ error }) => error === undefined)).toBe(true);
  });

  test('comes when the reader stops early', async () => {
    const stream = newStream();
    await store.append({ after: startOf(stream), events: counted, metadata });
    reports.length = 0;

    for await (const _ of store.read(stream)) break;

    expect(reports).toMatchObject([{ operation: 'read', requests: 1, error: undefined }]);
  });

  test('tells what was thrown', async () => {
    const stream = newStream();
    await store.append({ after: startOf(stream), events: counted, metadata });
    reports.length = 0;

    const error: unknown = await store
      .append({ after: startOf(stream), events: counted, metadata })
      .catch((thrown: unknown) => thrown);

    expect(reports).toMatchObject([{ operation: 'append', requests: 1, error }]);
    expect(error).toMatchObject({ code: 'CONFLICT' });
  });

  test('counts the attempts of the SDK', async () => {
    const client = new DynamoDBClient({
      endpoint: 'http://127.0.0.1:9',
      maxAttempts: 3,
      region: 'local',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const unreachable = new DynamoDBEventStore({
      client,
      tableName: 'events',
      budgetMs: 0,
      onOperation: (report) => reports.push(report),
    });

    await expect(drain(unreachable.read(newStream()))).rejects.toMatchObject({ code: 'UNAVAILABLE' });

    expect(reports).toMatchObject([{ operation: 'read', requests: 3, retries: 2, error: { code: 'UNAVAILABLE' } }]);
    client.destroy();
  });
});

describe('a table that is not there', () => {
  test('is named with the remedy', async () => {
    const nowhere = new DynamoDBEventStore({ ...table, tableName: 'no-such-table' });

    await expect(nowhere.append({ after: startOf(newStream()), events: counted, metadata })).rejects.toMatchObject({
      code: 'REQUEST_REFUSED',
      reason: 'ResourceNotFoundException',
      message: expect.stringContaining('Create the table from `eventTable`'),
    });
  });
});

describe('the options', () => {
  test.each([{ budgetMs: -1 }, { budgetMs: Number.NaN }, { compressAboveBytes: -1 }])('refuse %o', (options) => {
    expect(() => new DynamoDBEventStore({ ...table, ...options })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('give a number from 0') }),
    );
  });
});
