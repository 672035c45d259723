import { randomBytes } from 'node:crypto';
import {
  type Commit,
  createRepository,
  defineAggregate,
  defineEvents,
  endOf,
  type NewEvent,
  type RecordedEvent,
  recordedEvents,
  startOf,
  streamName,
  systemIds,
} from '@everfold/core';
import { DynamoDBEventStore, encodeStreamRecord, meterCapacity } from '@everfold/dynamodb-store';
import { createTestTable } from '@everfold/dynamodb-store/testing';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { deliveryOf, deliveryOfEntry, startFakeBus } from './bus.test.fixture.js';
import { createBusHandler } from './consumer.js';
import { createPublisher } from './publisher.js';

const table = await createTestTable();
afterAll(table.drop);
const meter = meterCapacity(table.client);
const store = new DynamoDBEventStore(table);
const metadata = { correlationId: 'c', causationId: 'k' };

const events = defineEvents({ Written: z.object({ text: z.string() }), Renamed: z.object({ text: z.string() }) });
const written = (text: string): NewEvent => ({ type: 'Written', data: { text } });
const record = (...newEvents: NewEvent[]) =>
  store.append({ after: startOf(streamName('page', systemIds())), events: newEvents, metadata });

/** What the bus gets of a commit, by way of the publisher. */
async function published(...commits: readonly Awaited<ReturnType<typeof record>>[]) {
  const bus = await startFakeBus();
  const handler = createPublisher({
    client: bus.client,
    busName: 'b',
    source: 's',
    events: { Written: events.Written },
    publish: { Written: { as: 'Renamed' } },
    onFailure: ({ error }) => expect.fail(String(error)),
  });
  await handler({ Records: commits.map((commit, index) => encodeStreamRecord(commit, index + 1)) });
  await bus.stop();
  return bus.requests.flat();
}

async function handledBy(deliveries: readonly Parameters<typeof deliveryOfEntry>[0][]) {
  const handled: unknown[] = [];
  const handler = createBusHandler(events, async (event) => void handled.push(event), { eventStore: store });
  for (const delivery of deliveries) await handler(deliveryOfEntry(delivery));
  return handled;
}

beforeEach(meter.reset);

describe('an event on the bus', () => {
  test('that came whole costs its consumer no request', async () => {
    const commit = await record(written('small'));
    const entries = await published(commit);
    meter.reset();

    expect(await handledBy(entries)).toEqual(recordedEvents(commit).map((event) => ({ ...event, type: 'Renamed' })));

    expect(meter.read().requests).toEqual({});
  });

  // 1.2 MB of text that compresses well: the store takes it, the bus does not.
  test.each([
    ['alone in its commit', 0],
    ['in the middle of its commit', 1],
  ])('that was too large and is %s costs one Query of its item', async (_where, index) => {
    const large = written('all work and no play '.repeat(60_000));
    const commit = await record(...[written('first'), written('last')].toSpliced(index, index === 0 ? 2 : 0, large));
    const entries = await published(commit);
    const reference = entries.filter(({ Detail = '' }) => JSON.parse(Detail).reference === true);
    expect(reference).toHaveLength(1);
    meter.reset();

    expect(await handledBy(reference)).toEqual([{ ...recordedEvents(commit)[index], type: 'Renamed' }]);

    expect(meter.read().requests).toEqual({ Query: 1 });
    expect(meter.read().capacityUnits).toEqual({ Query: 1 });
  });

  test('that was too large, in a commit of several items, costs one Query more', async () => {
    const noise = () => written(randomBytes(180_000).toString('base64'));
    const commit = await record(noise(), written('all work and no play '.repeat(60_000)), noise(), noise());
    const reference = (await published(commit)).filter(({ Detail = '' }) => JSON.parse(Detail).reference === true);
    meter.reset();

    expect(await handledBy(reference)).toEqual([{ ...recordedEvents(commit)[1], type: 'Renamed' }]);

    expect(meter.read().requests).toEqual({ Query: 2 });
  });
});

describe('a consumer with a memory', () => {
  const stock = defineAggregate({
    category: 'stock',
    events: defineEvents({ Reserved: z.object({ by: z.string() }) }),
    initial: () => 0,
    evolve: { Reserved: (count) => count + 1 },
    commands: { reserve: (_count, by: string) => [{ type: 'Reserved', data: { by } }] },
  });
  const repository = createRepository(stock, { store });
  const event = (): RecordedEvent => ({
    ...written('small'),
    id: `${systemIds()}.0`,
    stream: 'page-1',
    version: 1,
    at: '2026-01-02T03:04:05.678Z',
    metadata,
  });

  test('pays one Query and one PutItem for an event that acts outside, and the Query for a duplicate', async () => {
    let acted = 0;
    const handler = createBusHandler(events, async () => void acted++, { remember: { store, consumer: 'mail' } });
    const delivery = deliveryOf(event());

    await handler(delivery);
    // DynamoDB Local reports no unit for a Query that finds nothing; on AWS it is one.
    expect(meter.read()).toEqual({ requests: { Query: 1, PutItem: 1 }, capacityUnits: { Query: 0, PutItem: 1 } });
    meter.reset();

    await handler(delivery);
    expect(meter.read()).toEqual({ requests: { Query: 1 }, capacityUnits: { Query: 1 } });
    expect(acted).toBe(1);
  });

  test('pays one transaction for an event that acts in the store, and one for a duplicate', async () => {
    const sku = systemIds();
    const after = startOf(streamName('stock', sku));
    const decide = async ({ id }: RecordedEvent) => [{ after, events: [{ type: 'Reserved', data: { by: id } }] }];
    const handler = createBusHandler(events, decide, { remember: { store, consumer: 'stock', effect: 'store' } });
    const delivery = deliveryOf(event());

    await handler(delivery);
    expect(meter.read().requests).toEqual({ TransactWriteItems: 1 });
    meter.reset();

    await handler(delivery);
    expect(meter.read().requests).toEqual({ TransactWriteItems: 1 });
    expect((await repository.load(sku)).state).toBe(1);
  });

  test('pays one PutItem for an event that comes to nothing', async () => {
    const handler = createBusHandler(events, async () => undefined, {
      remember: { store, consumer: 'stock', effect: 'store' },
    });

    await handler(deliveryOf(event()));

    expect(meter.read()).toEqual({ requests: { PutItem: 1 }, capacityUnits: { PutItem: 1 } });
  });

  test('acts once on each event, with 8 deliveries of each of 5 at once', async () => {
    const sku = systemIds();
    const handler = createBusHandler(events, async ({ id }) => [await repository.decide(sku, 'reserve', id)], {
      remember: { store, consumer: 'stock', effect: 'store', attempts: 50 },
    });
    const deliveries = Array.from({ length: 5 }, () => deliveryOf(event()));

    await Promise.all(Array.from({ length: 40 }, (_, index) => handler(deliveries[index % 5] ?? deliveryOf(event()))));

    expect((await repository.load(sku)).state).toBe(5);
    const commits: Commit[] = [];
    for await (const commit of store.read(streamName('stock', sku))) commits.push(commit);
    expect(new Set(commits.flatMap((commit) => commit.events.map(({ data }) => data))).size).toBe(5);
    expect(endOf(commits.at(-1) ?? expect.fail()).version).toBe(5);
  });
});
