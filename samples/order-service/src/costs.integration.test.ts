import { readFile } from 'node:fs/promises';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type EventStore, isReserved, type RecordedEvent, recordedEvents, systemIds } from '@everfold/core';
import { DynamoDBEventStore, eventTable } from '@everfold/dynamodb-store';
import { entryBytes, toEntry } from '@everfold/eventbridge';
import { compilePattern, createTables } from '@everfold/local';
import { DynamoDBReadModelStore, InMemoryParkingLot, readModelTable } from '@everfold/projections';
import type { APIGatewayProxyEventV2, EventBridgeEvent } from 'aws-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { InMemoryConnections } from './connections/connections.js';
import { type Consumption, consumptionTable, OUTCOMES, type Outcome } from './costs/consumption.js';
import { meteredTable, toStreamEvent } from './costs/metered-table.test.fixture.js';
import { SOURCE } from './events.js';
import { functions } from './functions.js';
import { provide } from './services/provided.js';
import { stock } from './services/stock.js';
import { InMemoryBooks } from './world/books.js';

/* What an order of each outcome consumes, all told: what `costs/consumption.ts` says, which docs/saga.md shows and bills are made of. */

const events = meteredTable(`costs-events-${systemIds()}`);
const rows = meteredTable(`costs-rows-${systemIds()}`);

/** Events that were recorded and are not delivered yet. */
const recorded: RecordedEvent[] = [];
let timersSet = 0;

type Handler = (
  event: unknown,
) => Promise<{ statusCode?: number; body?: string; batchItemFailures?: readonly unknown[] } | undefined>;
const handlers = new Map<string, Handler>();

async function invoke(name: string, event: unknown): ReturnType<Handler> {
  return (handlers.get(name) ?? expect.unreachable(name))(event);
}

beforeAll(async () => {
  await createTables(events.client, [eventTable(events.tableName), readModelTable(rows.tableName)]);
  const store = watched(new DynamoDBEventStore(events));
  const readModels = new DynamoDBReadModelStore(rows);
  const parkingLot = new InMemoryParkingLot();
  provide({
    eventStore: store,
    eventReader: store,
    readModels,
    inRowWrites: readModels,
    besideRowsWrites: readModels,
    parkingQueries: parkingLot,
    parkingWrites: parkingLot,
    bus: { client: {} as EventBridgeClient, busName: 'orders' },
    timers: { set: async () => void timersSet++ },
    books: () => new InMemoryBooks(),
    connections: new InMemoryConnections(),
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

const projections = functions.filter(
  ({ trigger, touches }) => trigger.kind === 'stream' && touches?.readModels === 'write',
);
const rules = functions.flatMap(({ name, trigger }) =>
  trigger.kind === 'bus' ? [{ name, matches: compilePattern(trigger.pattern) }] : [],
);

/** What was spent on an order so far. */
class Bill {
  entries = 0;
  entryBytes = 0;
  requests = 0;
  calls = 0;

  /** Delivers what was recorded, and what that leads to, one after the other. */
  async settle(): Promise<void> {
    for (let event = recorded.shift(); event !== undefined; event = recorded.shift()) {
      if (isReserved(event.type) || event.stream.startsWith('stock-')) continue;
      this.entries++;
      this.entryBytes += entryBytes(entryOf(event));
      for (const { name, matches } of rules) {
        const delivery = deliveryOf(event);
        if (!matches(delivery)) continue;
        this.calls++;
        await invoke(name, delivery);
      }
    }
  }

  async post(name: string, body: object, orderId?: string): Promise<void> {
    this.requests++;
    this.calls++;
    const answer = await invoke(name, requestOf(body, orderId));
    expect(answer).toMatchObject({ statusCode: 202 });
    await this.settle();
  }

  /** All of it, when the order has ended: its commits are projected now, each in a batch of its own. */
  async consumption(): Promise<Consumption> {
    const { requests, capacityUnits, transactionUnits, items } = events.read();
    const { Query: queries = 0, PutItem: puts = 0, TransactWriteItems: transactions = 0 } = requests;
    // DynamoDB Local counts none for what is not there, and AWS one for each.
    expect(capacityUnits.Query).toBeLessThanOrEqual(queries);
    for (const item of items) {
      for (const { name } of projections) {
        const answer = await invoke(name, toStreamEvent(item));
        expect(answer?.batchItemFailures ?? []).toEqual([]);
      }
    }
    expect(events.read().requests).toEqual(requests);
    const projected = rows.read();
    return {
      queries,
      puts,
      transactions,
      writeUnits: (capacityUnits.PutItem ?? 0) + transactionUnits,
      entries: this.entries,
      calls: this.calls,
      timers: timersSet,
      requests: this.requests,
      records: items.length,
      rowReadUnits: projected.keysRead,
      rowWriteUnits: (projected.capacityUnits.PutItem ?? 0) + projected.transactionUnits,
      eventBytes: events.read().bytes,
      entryBytes: this.entryBytes,
      rowBytes: projected.bytes,
    };
  }
}

const entryOf = (event: RecordedEvent) => toEntry(event, { busName: 'orders', source: SOURCE });

function deliveryOf(event: RecordedEvent): EventBridgeEvent<string, unknown> {
  const { Source = '', DetailType = '', Detail = '{}' } = entryOf(event);
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
  for (const table of [events, rows]) table.reset();
  timersSet = 0;
  const bill = new Bill();
  await bill.post('place-order', { ...placed, orderId });
  return bill;
}

type GoOn = (bill: Bill, orderId: string) => Promise<void>;

const ORDERS: Readonly<Record<Outcome, readonly [placed: object, goOn?: GoOn]>> = {
  completed: [order],
  'not-in-stock': [{ ...order, lines: [{ productId: 'gramophone', units: 1 }] }],
  declined: [{ ...order, paymentToken: 'tok_declined' }],
  'not-shipped': [{ ...order, postcode: 'unreachable' }],
  approved: [large, (bill, id) => bill.post('decide-approval', { approved: true, by: 'ann' }, id)],
  refused: [large, (bill, id) => bill.post('decide-approval', { approved: false, by: 'ann', reason: 'no' }, id)],
  cancelled: [large, (bill, id) => bill.post('cancel-order', {}, id)],
};

describe('an order consumes what costs/consumption.ts says when it is', () => {
  it.each(Object.entries(OUTCOMES))('%s', async (outcome, { consumption: said }) => {
    const [placed, goOn] = ORDERS[outcome as Outcome];
    const orderId = systemIds();
    const bill = await billOf(placed, orderId);
    await goOn?.(bill, orderId);

    const consumed = await bill.consumption();

    expect({ ...consumed, ...aboutAsMany(said, consumed) }).toEqual(said);
  });

  it('as docs/saga.md shows it', async () => {
    const page = await readFile(new URL('../../../docs/saga.md', import.meta.url), 'utf8');

    expect(page.split('\n')).toEqual(expect.arrayContaining(consumptionTable().split('\n')));
  });
});

/**
 * Bytes hang on lengths that differ a little from run to run, such as that of a time in digits, without the zeros at its end: what is said
 * of them is right within a twentieth. A row that is about as large as one write unit takes one more at times.
 */
function aboutAsMany(said: Consumption, consumed: Consumption): Partial<Consumption> {
  const bytes = (['eventBytes', 'entryBytes', 'rowBytes'] as const).filter(
    (name) => Math.abs(said[name] - consumed[name]) <= consumed[name] / 20,
  );
  const units = Math.abs(said.rowWriteUnits - consumed.rowWriteUnits) <= 1 ? (['rowWriteUnits'] as const) : [];
  return Object.fromEntries([...bytes, ...units].map((name) => [name, said[name]]));
}
