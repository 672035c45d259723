import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { type RecordedEvent, recordedEvents, systemIds } from '@everfold/core';
import { DynamoDBEventStore, eventTable, meterCapacity } from '@everfold/dynamodb-store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deliveryOf, FakeProvider, RecordedTimers } from './bench.test.fixture.js';
import { createEndHandler } from './end-handler.js';
import { fulfilment, placeOrder, record, stockIn } from './fulfilment.test.fixture.js';
import { createStepHandler } from './step-handler.js';

/* What a saga costs on DynamoDB: exact requests and capacity units. */

const { DYNAMODB_ENDPOINT: endpoint = 'http://localhost:8000' } = process.env;
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const client = new DynamoDBClient({ endpoint, region: 'local', credentials });
const tableName = `saga-${systemIds()}`;
const meter = meterCapacity(client);
const store = new DynamoDBEventStore({ client, tableName });

const provider = new FakeProvider();
const timers = new RecordedTimers();
const reserve = createStepHandler(fulfilment, 'reserve', { store, services: stockIn(store), timers });
const charge = createStepHandler(fulfilment, 'charge', { store, services: provider, timers });
const end = createEndHandler(fulfilment, { store });

let orderId: string;

beforeAll(async () => {
  await client.send(new CreateTableCommand(eventTable(tableName)));
  await waitUntilTableExists({ client, maxWaitTime: 60 }, { TableName: tableName });
  await stockIn(store).execute('lamp', 'receive', 1);
});

afterAll(async () => {
  await client.send(new DeleteTableCommand({ TableName: tableName }));
  client.destroy();
});

beforeEach(() => {
  orderId = systemIds();
});

/** Read units of a Query that finds no commit: DynamoDB Local counts none, and AWS the least there is. */
const FOUND_NOTHING = 0;

/** What it costs to hand an event to a handler. */
async function costOf(handle: typeof charge, event: RecordedEvent) {
  const delivery = deliveryOf(event);
  meter.reset();
  await handle(delivery);
  return meter.read();
}

async function typesOf(stream: string): Promise<string[]> {
  const types: string[] = [];
  for await (const commit of store.read(stream)) types.push(...recordedEvents(commit).map(({ type }) => type));
  return types;
}

const reserved = () => record(store, `origin-${systemIds()}`, { type: 'InventoryReserved', data: { orderId } });
const shippingFailed = () => record(store, `origin-${systemIds()}`, { type: 'ShippingFailed', data: { orderId } });

describe('a step that acts in the store only', () => {
  // The write units of a transaction cannot be seen here: DynamoDB Local reports 4, whatever is in it.
  test('costs what its decisions read, and one transaction', async () => {
    const { requests, capacityUnits } = await costOf(reserve, await placeOrder(store, orderId));

    expect(requests).toEqual({ Query: 1, TransactWriteItems: 1 });
    expect(capacityUnits.Query).toBe(1);
    expect(await typesOf(`fulfilment.reserve-${orderId}`)).toEqual(['InventoryReserved']);
    expect(await typesOf('stock-lamp')).toEqual(['UnitsReceived', 'UnitReserved']);
  });

  test('costs what it read and a PutItem where it decides nothing else, without a transaction', async () => {
    const cost = await costOf(reserve, await placeOrder(store, orderId));

    expect(cost).toEqual({
      requests: { Query: 1, PutItem: 1 },
      capacityUnits: { Query: 1, PutItem: 1 },
    });
    expect(await typesOf(`fulfilment.reserve-${orderId}`)).toEqual(['InventoryRejected']);
  });
});

describe('a step that acts outside', () => {
  test('costs a PutItem for its start and a PutItem for its outcome', async () => {
    const cost = await costOf(charge, await reserved());

    expect(cost).toEqual({ requests: { PutItem: 2 }, capacityUnits: { PutItem: 2 } });
    expect(await typesOf(`fulfilment.charge-${orderId}`)).toEqual(['$started', 'PaymentCaptured']);
  });

  test('costs a PutItem that fails and a Query for a duplicate', async () => {
    const trigger = await reserved();
    await charge(deliveryOf(trigger));

    const { requests } = await costOf(charge, trigger);

    expect(requests).toEqual({ PutItem: 1, Query: 1 });
  });

  test('costs a Query and a PutItem to be undone', async () => {
    await charge(deliveryOf(await reserved()));

    const cost = await costOf(charge, await shippingFailed());

    expect(cost).toEqual({ requests: { Query: 1, PutItem: 1 }, capacityUnits: { Query: 1, PutItem: 1 } });
    expect(await typesOf(`fulfilment.charge-${orderId}`)).toEqual(['$started', 'PaymentCaptured', 'PaymentRefunded']);
  });

  test('costs a Query and a PutItem to be barred before its trigger came', async () => {
    const cost = await costOf(charge, await shippingFailed());
    const later = await costOf(charge, await reserved());

    expect(cost).toEqual({ requests: { Query: 1, PutItem: 1 }, capacityUnits: { Query: FOUND_NOTHING, PutItem: 1 } });
    expect(later.requests).toEqual({ PutItem: 1, Query: 1 });
    expect(await typesOf(`fulfilment.charge-${orderId}`)).toEqual(['$tombstoned']);
  });

  test('costs a Query, a PutItem for the fence and a PutItem for the failure when it has no outcome', async () => {
    const noAnswer = () => {
      throw new Error('no answer');
    };
    provider.before = noAnswer;
    const attempt = await costOf(charge, await reserved());
    provider.before = () => undefined;

    const cost = await costOf(charge, await shippingFailed());

    expect(attempt.requests).toEqual({ Query: 1, PutItem: 2 });
    expect(cost).toEqual({ requests: { Query: 1, PutItem: 2 }, capacityUnits: { Query: 1, PutItem: 2 } });
    expect(await typesOf(`fulfilment.charge-${orderId}`)).toEqual([
      '$started',
      '$attempted',
      '$fenced',
      'PaymentDeclined',
    ]);
  });

  test('has one outcome of ten deliveries at once', async () => {
    const delivery = deliveryOf(await reserved());

    await Promise.all(Array.from({ length: 10 }, () => charge(delivery)));

    expect(await typesOf(`fulfilment.charge-${orderId}`)).toEqual(['$started', 'PaymentCaptured']);
  });
});

describe('the end', () => {
  const dispatched = () => record(store, `origin-${systemIds()}`, { type: 'ShipmentDispatched', data: { orderId } });
  const released = () => record(store, `origin-${systemIds()}`, { type: 'InventoryReleased', data: { orderId } });

  test.each([
    ['completion', dispatched, 'OrderCompleted'],
    ['cancellation', released, 'OrderCancelled'],
  ])('costs a PutItem, be it the %s, and another for a duplicate', async (_which, cause, type) => {
    const event = await cause();
    const first = await costOf(end, event);
    const again = await costOf(end, event);

    expect(first).toEqual({ requests: { PutItem: 1 }, capacityUnits: { PutItem: 1 } });
    expect(again.requests).toEqual({ PutItem: 1 });
    expect(await typesOf(`fulfilment.end-${orderId}`)).toEqual([type]);
  });

  test('is one of both when both come at once', async () => {
    const deliveries = [deliveryOf(await dispatched()), deliveryOf(await released())];

    await Promise.all(deliveries.map(end));

    expect(await typesOf(`fulfilment.end-${orderId}`)).toHaveLength(1);
  });
});
