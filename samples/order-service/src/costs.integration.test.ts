import { readFile } from 'node:fs/promises';
import { DynamoDBClient, type TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type EventStore, isReserved, type RecordedEvent, recordedEvents, systemIds } from '@everfold/core';
import { DynamoDBEventStore, eventTable, itemBytes, meterCapacity } from '@everfold/dynamodb-store';
import { toEntry } from '@everfold/eventbridge';
import { compilePattern, createTables } from '@everfold/local';
import { InMemoryParkingLot, InMemoryReadModelStore } from '@everfold/projections';
import type { APIGatewayProxyEventV2, EventBridgeEvent } from 'aws-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { SOURCE } from './events.js';
import { functions } from './functions.js';
import { provide } from './services/provided.js';
import { stock } from './services/stock.js';
import { InMemoryBooks } from './world/books.js';

/* What an order costs on the event table and on the bus, by how it ends: the table of docs/saga.md, row by row. */

const { DYNAMODB_ENDPOINT: endpoint = 'http://localhost:8000' } = process.env;
const client = new DynamoDBClient({
  endpoint,
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
const tableName = `costs-${systemIds()}`;
const meter = meterCapacity(client);
/** Write units of transactions: DynamoDB Local reports 4 for each, whatever is in it. Two for each KB of each item. */
let transactionUnits = 0;
client.middlewareStack.add(
  (next) => async (args) => {
    const { TransactItems = [] } = args.input as TransactWriteItemsCommand['input'];
    for (const { Put } of TransactItems) transactionUnits += 2 * Math.ceil(itemBytes(Put?.Item ?? {}) / 1024);
    return next(args);
  },
  { step: 'initialize', name: 'transactionUnits' },
);

/** Events that were recorded and are not delivered yet. */
const recorded: RecordedEvent[] = [];
let timersSet = 0;

type Handler = (event: unknown) => Promise<{ statusCode: number; body: string } | undefined>;
const handlers = new Map<string, Handler>();

async function invoke(name: string, event: unknown): ReturnType<Handler> {
  return (handlers.get(name) ?? expect.unreachable(name))(event);
}

beforeAll(async () => {
  await createTables(client, [eventTable(tableName)]);
  const store = watched(new DynamoDBEventStore({ client, tableName }));
  provide({
    eventStore: store,
    readModels: new InMemoryReadModelStore(),
    parkingLot: new InMemoryParkingLot(),
    bus: { client: {} as EventBridgeClient, busName: 'orders' },
    timers: { set: async () => void timersSet++ },
    books: () => new InMemoryBooks(),
  });
  for (const { name, entry } of functions) {
    const url = entry.href.replace('.js', '.ts');
    handlers.set(name, ((await import(url)) as { handler: Handler }).handler);
  }
  await stock().execute('lamp', 'receive', { units: 100 });
});

/** Tells of what is recorded. */
function watched(store: DynamoDBEventStore): EventStore {
  return new Proxy<EventStore>(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const result: unknown = value.apply(target, args);
        if (name === 'append')
          void (result as ReturnType<EventStore['append']>).then((c) => recorded.push(...recordedEvents(c)));
        if (name === 'transact')
          void (result as ReturnType<EventStore['transact']>).then((all) =>
            recorded.push(...all.flatMap(recordedEvents)),
          );
        return result;
      };
    },
  });
}

const rules = functions.flatMap(({ name, trigger }) =>
  trigger.kind === 'bus' ? [{ name, matches: compilePattern(trigger.pattern) }] : [],
);

/** What was spent on an order so far. */
class Bill {
  entries = 0;
  invocations = 0;

  /** Delivers what was recorded, and what that leads to, one after the other. */
  async settle(): Promise<void> {
    for (let event = recorded.shift(); event !== undefined; event = recorded.shift()) {
      if (isReserved(event.type) || event.stream.startsWith('stock-')) continue;
      this.entries++;
      for (const { name, matches } of rules) {
        const delivery = deliveryOf(event);
        if (!matches(delivery)) continue;
        this.invocations++;
        await invoke(name, delivery);
      }
    }
  }

  async post(name: string, body: object, orderId?: string): Promise<void> {
    this.invocations++;
    const answer = await invoke(name, requestOf(body, orderId));
    expect(answer).toMatchObject({ statusCode: 202 });
    await this.settle();
  }

  /** A row of the table. */
  row(outcome: string): string {
    const { requests, capacityUnits } = meter.read();
    const { Query = 0, PutItem = 0, TransactWriteItems = 0 } = requests;
    // DynamoDB Local counts none for what is not there, and AWS one for each.
    expect(capacityUnits.Query).toBeLessThanOrEqual(Query);
    const writes = (capacityUnits.PutItem ?? 0) + transactionUnits;
    const cells = [Query, PutItem, TransactWriteItems, writes, this.entries, this.invocations, timersSet];
    return `| ${[outcome, ...cells].join(' | ')} |`;
  }
}

function deliveryOf(event: RecordedEvent): EventBridgeEvent<string, unknown> {
  const { Source = '', DetailType = '', Detail = '{}' } = toEntry(event, { busName: 'orders', source: SOURCE });
  const rest = { version: '0', id: event.id, account: '000000000000', region: 'local', resources: [], time: event.at };
  return { ...rest, source: Source, 'detail-type': DetailType, detail: JSON.parse(Detail) };
}

function requestOf(body: object, id?: string): APIGatewayProxyEventV2 {
  const jwt = { claims: { sub: 'ada', scope: '' }, scopes: null };
  const requestContext = { requestId: systemIds(), authorizer: { jwt } };
  const request = { body: JSON.stringify(body), isBase64Encoded: false, headers: {}, requestContext };
  return { ...request, ...(id === undefined ? {} : { pathParameters: { id } }) } as unknown as APIGatewayProxyEventV2;
}

const order = {
  lines: [{ productId: 'lamp', units: 1 }],
  amountCents: 4_990,
  postcode: '01310-100',
};
const large = { ...order, amountCents: 600_000 };

async function billOf(placed: object, orderId: string): Promise<Bill> {
  recorded.length = 0;
  meter.reset();
  transactionUnits = 0;
  timersSet = 0;
  const bill = new Bill();
  await bill.post('place-order', { ...placed, orderId });
  return bill;
}

describe('an order costs what docs/saga.md says when it is', () => {
  it.each<[string, object, ((bill: Bill, orderId: string) => Promise<void>)?]>([
    ['completed', order],
    ['not in stock', { ...order, lines: [{ productId: 'gramophone', units: 1 }] }],
    ['declined', { ...order, paymentToken: 'tok_declined' }],
    ['not shipped', { ...order, postcode: 'unreachable' }],
    ['approved, completed', large, (bill, id) => bill.post('decide-approval', { approved: true, by: 'ann' }, id)],
    ['refused', large, (bill, id) => bill.post('decide-approval', { approved: false, by: 'ann', reason: 'no' }, id)],
    ['cancelled while it waits', large, (bill, id) => bill.post('cancel-order', {}, id)],
  ])('%s', async (outcome, placed, goOn) => {
    const orderId = systemIds();
    const bill = await billOf(placed, orderId);
    await goOn?.(bill, orderId);

    const row = bill.row(outcome);

    const table = await readFile(new URL('../../../docs/saga.md', import.meta.url), 'utf8');
    const documented = table.split('\n').find((line) => line.startsWith(`| ${outcome} |`));
    expect(row).toBe(documented);
  });
});
