import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { endOf } from '@everfold/core';
import { DynamoDBEventStore, encodeStreamRecord, meterCapacity, toItem } from '@everfold/dynamodb-store';
import { createTestClient, createTestTable } from '@everfold/dynamodb-store/testing';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterAll, describe, expect, it } from 'vitest';
import { foldLedger, ledgerProjection } from '../apply/ledger.test.fixture.js';
import { projectionHandler } from '../handler.js';
import type { Positions } from '../projection.js';
import { DynamoDBReadModelStore } from '../read-models/dynamodb/dynamodb-read-model-store.js';
import { createReadModelTable } from '../read-models/dynamodb/read-model-table.test.fixture.js';
import { createReader } from '../reader.js';
import { delivery, record } from '../shop.test.fixture.js';
import { createParkingDesk } from './desk.js';
import { DynamoDBParkingLot } from './dynamodb/dynamodb-parking-lot.js';

const [rowsTable, eventsTable] = await Promise.all([createReadModelTable(), createTestTable()]);
const client = createTestClient();
afterAll(async () => {
  await Promise.all([rowsTable.drop(), eventsTable.drop()]);
  client.destroy();
});
const meter = meterCapacity(client);
const eventStore = new DynamoDBEventStore({ client, tableName: eventsTable.tableName });
const readModels = new DynamoDBReadModelStore({ client, tableName: rowsTable.tableName });
const lot = new DynamoDBParkingLot({ client, tableName: rowsTable.tableName });

const noted = { type: 'Noted', data: { rows: ['shared'] } };
const counted = { type: 'Counted', data: { rows: ['day'], amount: 5 } };
const metadata = { correlationId: 'c', causationId: 'c' };

/** A projection with one poison commit, its handler and its desk, on DynamoDB. */
function setUp(positions: Positions, name: string) {
  const ledger = ledgerProjection(positions, name);
  let poison: string | undefined;
  const projection: typeof ledger = {
    ...ledger,
    changesOf: (event) => {
      if (`${event.stream}@${event.version}` === poison) throw new TypeError('cannot read "day" of undefined');
      return ledger.changesOf(event);
    },
  };
  const shared = { projection, eventStore, readModels };
  const heard: unknown[] = [];
  const start = () =>
    projectionHandler({
      ...shared,
      parking: { lot, onParking: () => {} },
      onFailure: ({ error }) => heard.push(error),
    });
  const reader = createReader(ledger, readModels);
  return {
    start,
    heard,
    desk: createParkingDesk({ ...shared, lot, onParking: () => {} }),
    spoil: (place: string) => {
      poison = place;
    },
    mend: () => {
      poison = undefined;
    },
    async rows() {
      const { rows } = await reader.all({ consistent: true });
      return Object.fromEntries(rows.map(({ key, row }) => [key, row]));
    },
  };
}

async function requestsOf(action: () => Promise<unknown>) {
  meter.reset();
  await action();
  return meter.read().requests;
}

describe.each<Positions>(['in-row', 'beside-rows'])('a poison event, with positions %s', (positions) => {
  const prefix = positions === 'in-row' ? 'inrow' : 'beside';

  it('delays no other stream; it is parked, listed, retried and drained after the handler is fixed', async () => {
    const { start, desk, heard, spoil, mend, rows } = setUp(positions, prefix);
    const bad = await record(eventStore, `${prefix}-bad`, [noted], [counted, noted], [noted], [counted]);
    const good = await record(eventStore, `${prefix}-good`, [noted], [noted, counted], [noted]);
    spoil(`${prefix}-bad@2`);
    const batch = delivery(bad[0], good[0], bad[1], good[1], bad[2]);

    // Each time in another process, as Lambda may have it.
    const answers = [await start()(batch), await start()(batch), await start()(batch)];

    expect(answers.map(({ batchItemFailures }) => batchItemFailures.length)).toEqual([2, 2, 0]);
    expect(heard).toHaveLength(2);
    expect(await start()(delivery(bad[3], good[2]))).toEqual({ batchItemFailures: [] });
    expect(await rows()).toEqual(foldLedger([...bad.slice(0, 1), ...good]));
    const { entries } = await desk.list();
    expect(entries).toMatchObject([
      { stream: `${prefix}-bad`, version: 2, last: 3, attempts: 3, error: { name: 'TypeError' } },
    ]);
    expect((await desk.inspect(`${prefix}-bad`))?.commit).toEqual(bad[1]);

    mend();
    expect(await desk.retryAll()).toEqual([{ outcome: 'drained', stream: `${prefix}-bad` }]);

    expect(await rows()).toEqual(foldLedger([...bad, ...good]));
    expect((await desk.list()).entries).toEqual([]);
    const after = endOf(bad[3] ?? { stream: '', last: 0, events: [] });
    const next = await eventStore.append({ after, events: [noted], metadata });
    expect(await start()(delivery(next))).toEqual({ batchItemFailures: [] });
    expect(await rows()).toEqual(foldLedger([...bad, next, ...good]));
  });

  it('is parked too when its record cannot be read, and skipped around, though nobody can read its commit', async () => {
    const { start, desk, heard, rows } = setUp(positions, `${prefix}.broken`);
    const stream = `${prefix}-broken`;
    const commits = await record(eventStore, stream, [noted], [noted, noted], [noted]);
    const [first, second, third] = commits;
    if (first === undefined || second === undefined || third === undefined) throw new Error('Nothing was recorded.');
    const Item = { ...toItem(second), events: { S: '[' } };
    await client.send(new PutItemCommand({ TableName: eventsTable.tableName, Item }));
    const readable = encodeStreamRecord(second, 2);
    const unreadable: DynamoDBRecord = {
      ...readable,
      dynamodb: { ...readable.dynamodb, NewImage: { ...readable.dynamodb?.NewImage, events: { S: '[' } } },
    };
    const Records = [encodeStreamRecord(first, 1), unreadable, encodeStreamRecord(third, 3)];

    const answers = [await start()({ Records }), await start()({ Records }), await start()({ Records })];

    expect(answers.map(({ batchItemFailures }) => batchItemFailures.length)).toEqual([2, 2, 0]);
    expect(heard).toHaveLength(2);
    const inspected = await desk.inspect(stream);
    expect(inspected).toMatchObject({
      parked: { version: 2, last: 3, commitId: second.id, error: { code: 'STREAM_CORRUPTED' } },
      commit: undefined,
      unreadable: { code: 'STREAM_CORRUPTED' },
    });
    expect(await desk.retry(stream)).toMatchObject({ outcome: 'parked', parked: { version: 2, last: 3, attempts: 4 } });

    await desk.skip(stream, { version: 2, by: 'ada', reason: 'written by hand' });

    expect(await rows()).toEqual(foldLedger([first, third]));
    expect(await start()({ Records })).toEqual({ batchItemFailures: [] });
  });

  it('costs a count for a failure, a put to park, and one read of the lot for what comes later', async () => {
    const { start, desk, spoil, mend } = setUp(positions, `${prefix}.costs`);
    const commits = await record(eventStore, `${prefix}-costs`, [noted], [noted], [noted]);
    const [first, second, third] = commits;
    const write = positions === 'in-row' ? 'PutItem' : 'TransactWriteItems';
    const handler = start();

    expect(await requestsOf(() => handler(delivery(first)))).toEqual({ BatchGetItem: 1, [write]: 1 });
    spoil(`${prefix}-costs@2`);
    expect(await requestsOf(() => handler(delivery(second)))).toEqual({ UpdateItem: 1 });
    expect(await requestsOf(() => handler(delivery(second)))).toEqual({ UpdateItem: 1 });
    expect(await requestsOf(() => handler(delivery(second)))).toEqual({ UpdateItem: 1, PutItem: 1 });
    // One read of the lot; with positions in the rows, the row has been read before.
    const read = positions === 'in-row' ? 2 : 1;
    expect(await requestsOf(() => handler(delivery(third)))).toEqual({ BatchGetItem: read });
    mend();
    // Reads of the lot, of the stream (and what arrived since), of the rows; the row or its transaction; two saves.
    const retried = await requestsOf(() => desk.retry(`${prefix}-costs`));
    expect(retried).toEqual(
      positions === 'in-row'
        ? { BatchGetItem: 5, Query: 3, PutItem: 3 }
        : { BatchGetItem: 6, Query: 3, TransactWriteItems: 1, PutItem: 2 },
    );
  });
});
