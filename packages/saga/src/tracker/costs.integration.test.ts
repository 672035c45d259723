import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { type Commit, endOf, type NewEvent, type Position, startOf, systemIds } from '@everfold/core';
import { DynamoDBEventStore, eventTable, meterCapacity } from '@everfold/dynamodb-store';
import { createTestClient } from '@everfold/dynamodb-store/testing';
import { createProjector, DynamoDBReadModelStore, readModelTable } from '@everfold/projections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordedTimers } from '../bench.test.fixture.js';
import { createSagaDesk } from '../desk/desk.js';
import { fakeBus } from '../sweeper/fake-bus.test.fixture.js';
import { createSweeper } from '../sweeper/sweeper.js';
import { at, booking, parked, START_MS, started } from './booking.test.fixture.js';
import { createSagaReader } from './saga-reader.js';
import { createTracker } from './tracker.js';

/* What it costs to track a run, and to sweep it: exact requests and capacity units. */

const client = createTestClient();
const [rowsTable, eventsTable] = [`tracker-${systemIds()}`, `events-${systemIds()}`];
const meter = meterCapacity(client);
const store = new DynamoDBEventStore({
  client,
  tableName: eventsTable,
  clock: { now: () => START_MS, sleep: async () => undefined },
});
const readModels = new DynamoDBReadModelStore({ client, tableName: rowsTable });
const reader = createSagaReader(booking, readModels);

beforeAll(async () => {
  await client.send(new CreateTableCommand(readModelTable(rowsTable)));
  await client.send(new CreateTableCommand(eventTable(eventsTable)));
});

afterAll(async () => {
  for (const TableName of [rowsTable, eventsTable]) await client.send(new DeleteTableCommand({ TableName }));
  client.destroy();
});

/** What an action sends and consumes. */
async function costOf(action: () => Promise<unknown>) {
  meter.reset();
  await action();
  return meter.read();
}

/** A run whose events a test records, and then shows to a tracker of its own. */
function newRun(saga: typeof booking = booking) {
  const key = systemIds();
  const positions = new Map<string, Position>();
  const track = createProjector({ projection: createTracker(saga), eventStore: store, readModels });
  const record = async (category: string, ...events: readonly (string | NewEvent)[]): Promise<Commit> => {
    const stream = `${category}-${key}`;
    const commit = await store.append({
      after: positions.get(stream) ?? startOf(stream),
      events: events.map((event) =>
        typeof event === 'string' ? { type: event, data: { tripId: key, cents: 5 } } : event,
      ),
      metadata: {
        correlationId: systemIds(),
        causationId: `${systemIds()}.0`,
        saga: saga.name,
        sagaVersion: 2,
        hops: 3,
      },
    });
    positions.set(stream, endOf(commit));
    return commit;
  };
  const costOfTracking = async (...commits: readonly Commit[]) => costOf(() => track(commits));
  return { key, record, costOfTracking };
}

/** All that happens in a run that goes well, a commit each. */
const WELL: readonly (readonly [category: string, ...events: readonly (string | NewEvent)[]])[] = [
  ['order', 'TripAsked'],
  ['booking.sleep', started(at(15))],
  ['booking.hold', 'SeatHeld'],
  ['booking.approve', started(at(15))],
  ['booking.approve', 'TripApproved'],
  ['booking.sleep', 'HotelBooked'],
  ['booking.charge', started(at(15))],
  ['booking.charge', 'CardCharged'],
  ['booking.issue', started()],
  ['booking.issue', 'TicketIssued'],
  ['booking.mail', started()],
  ['booking.mail', 'MailSent'],
  ['booking.end', 'TripBooked'],
];

describe('tracking a run of six steps costs', () => {
  it('one read and one write for its first event: a unit in the table, and one in the index', async () => {
    const run = newRun();

    const cost = await run.costOfTracking(await run.record('order', 'TripAsked'));

    // DynamoDB Local counts no unit for a row that is not there.
    expect(cost).toEqual({ requests: { BatchGetItem: 1, PutItem: 1 }, capacityUnits: { BatchGetItem: 0, PutItem: 2 } });
  });

  it('as much for each of its events, and a unit more where its due time moves on', async () => {
    const run = newRun();
    const units: number[] = [];
    for (const [category, ...events] of WELL) {
      const { requests, capacityUnits } = await run.costOfTracking(await run.record(category, ...events));
      expect(requests).toEqual({ BatchGetItem: 1, PutItem: 1 });
      units.push(capacityUnits.PutItem ?? 0);
    }

    // Above a KB, the table takes a unit more; the index holds the row without what it has applied.
    expect(units).toEqual([2, 2, 3, 2, 2, 3, 2, 2, 2, 2, 3, 3, 4]);
  });

  it('one read and one write for all of its events, where one batch brings them', async () => {
    const run = newRun();
    const commits: Commit[] = [];
    for (const [category, ...events] of WELL) commits.push(await run.record(category, ...events));

    const { requests, capacityUnits } = await run.costOfTracking(...commits);

    expect(requests).toEqual({ BatchGetItem: 1, PutItem: 1 });
    expect(capacityUnits.PutItem).toBe(3);
  });
});

describe('asking where a run is costs', () => {
  it('one GetItem, or one Query for a list', async () => {
    const run = newRun();
    await run.costOfTracking(await run.record('order', 'TripAsked'));

    expect(await costOf(() => reader.get(run.key))).toEqual({
      requests: { GetItem: 1 },
      capacityUnits: { GetItem: 0.5 },
    });
    expect((await costOf(() => reader.list({ status: 'open', limit: 1 }))).requests).toEqual({ Query: 1 });
    expect((await costOf(() => reader.gauges({ now: Date.now() }))).requests).toEqual({ Query: 2 });
  });
});

describe('looking into a parked step costs', () => {
  const parkedStep = async () => {
    const run = newRun();
    await run.record('booking.charge', started(at(15)), parked('run'));
    const timers = new RecordedTimers();
    return { key: run.key, timers, desk: createSagaDesk(booking, { store, reader, timers }) };
  };
  const whom = { by: 'ann', reason: 'asked' };

  it('one Query to inspect it, and a PutItem to have it tried again or to resolve it', async () => {
    const [one, other] = [await parkedStep(), await parkedStep()];
    const declined = { type: 'CardDeclined' as const, data: { tripId: other.key } };
    const write = { requests: { Query: 1, PutItem: 1 }, capacityUnits: { Query: 1, PutItem: 1 } };

    expect(await costOf(() => one.desk.inspect(one.key, 'charge'))).toEqual({
      requests: { Query: 1 },
      capacityUnits: { Query: 1 },
    });
    expect(await costOf(() => one.desk.retry(one.key, 'charge', whom))).toEqual(write);
    expect(one.timers.timers).toHaveLength(1);
    expect(await costOf(() => other.desk.resolve(other.key, 'charge', declined, whom))).toEqual(write);
  });

  it('one Query to list what is parked', async () => {
    expect((await costOf(async () => (await parkedStep()).desk.list())).requests).toEqual({ PutItem: 1, Query: 1 });
  });
});

describe('sweeping costs', () => {
  /** Another saga, so that no run of before is in its listing. */
  const swept = { ...booking, name: 'swept' };
  const sweeperOn = ({ bus }: ReturnType<typeof fakeBus>) =>
    createSweeper(swept, { reader: createSagaReader(swept, readModels), store, bus, onSwept: () => undefined });

  it('one Query where nothing is stuck', async () => {
    const sweep = sweeperOn(fakeBus());

    // DynamoDB Local counts no unit where nothing is found, and AWS the half that is the least there is.
    expect(await costOf(() => sweep({ time: at(9) }))).toEqual({ requests: { Query: 1 }, capacityUnits: { Query: 0 } });
  });

  it('one more for each power of two of the oldest’s age, and one for each stream that an event is read from', async () => {
    const fake = fakeBus();
    const sweep = sweeperOn(fake);
    const run = newRun(swept);
    await run.costOfTracking(await run.record('order', 'TripAsked'));

    const cost = await costOf(() => sweep({ time: at(9) }));

    // The oldest; runs that are due since one, two and four minutes; and the event.
    expect(cost).toEqual({ requests: { Query: 5 }, capacityUnits: { Query: 0.5 + 0.5 + 1 } });
    expect(fake.sent()).toEqual(['TripAsked']);
  });
});
