import {
  type Clock,
  type Commit,
  defineEvents,
  type EventSchemas,
  endOf,
  InMemoryEventStore,
  type NewEvent,
  type Position,
  startOf,
} from '@everfold/core';
import { type ConsumerFailure, encodeStreamRecord } from '@everfold/dynamodb-store';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Refuse, startFakeBus } from './bus.test.fixture.js';
import { createCommitPublisher, createPublisher, type PublisherOptions } from './publisher.js';

const metadata = { correlationId: 'c1', causationId: 'k1' };

let bus: Awaited<ReturnType<typeof startFakeBus>>;
let slept: number[] = [];
let failures: ConsumerFailure[] = [];

const clock: Clock = {
  now: () => Date.UTC(2018, 0, 31),
  sleep: async (milliseconds) => {
    slept.push(milliseconds);
  },
};

afterEach(() => bus.stop());

/** Whatever these tests record. */
const events = defineEvents(
  Object.fromEntries(
    ['Placed', 'Huge', 'Next', 'A', 'B', 'C', 'D', ...Array.from({ length: 200 }, (_, index) => `E${index}`)].map(
      (type) => [type, z.unknown()],
    ),
  ),
);

async function publisher(refuse?: Refuse, options: Partial<PublisherOptions<EventSchemas>> = {}) {
  bus = await startFakeBus(refuse);
  slept = [];
  failures = [];
  return createPublisher({
    client: bus.client,
    busName: 'orders',
    source: 'shop.orders',
    events,
    clock,
    random: () => 1,
    onFailure: (failure) => failures.push(failure),
    ...options,
  });
}

/** Records commits, each given as its stream and the types of its events. */
async function batchOf(
  ...commits: readonly (readonly [stream: string, ...types: string[]])[]
): Promise<DynamoDBStreamEvent> {
  const store = new InMemoryEventStore({ clock });
  const positions = new Map<string, Position>();
  const recorded: Commit[] = [];
  for (const [stream, ...types] of commits) {
    const events: NewEvent[] = types.map((type) => ({ type, data: {} }));
    const commit = await store.append({ after: positions.get(stream) ?? startOf(stream), events, metadata });
    positions.set(stream, endOf(commit));
    recorded.push(commit);
  }
  return { Records: recorded.map((commit, index) => encodeStreamRecord(commit, index + 1)) };
}

const itemOf = (sequence: number) => ({ itemIdentifier: String(sequence).padStart(21, '0') });

describe('the publisher', () => {
  it('puts every event of a batch on the bus, ten to a request', async () => {
    const handler = await publisher();
    const batch = await batchOf(...Array.from({ length: 12 }, (_, index) => [`order-${index}`, `E${index}`] as const));

    expect(await handler(batch)).toEqual({ batchItemFailures: [] });

    const [first, second] = bus.requests.toSorted((one, other) => other.length - one.length);
    expect(first?.map(({ DetailType }) => DetailType)).toEqual(Array.from({ length: 10 }, (_, index) => `E${index}`));
    expect(second?.map(({ DetailType }) => DetailType)).toEqual(['E10', 'E11']);
    expect(first?.[0]).toMatchObject({ EventBusName: 'orders', Source: 'shop.orders', DetailType: 'E0' });
    expect(JSON.parse(first?.[0]?.Detail ?? '')).toMatchObject({
      stream: 'order-0',
      category: 'order',
      version: 1,
      metadata,
    });
  });

  it('keeps to itself what is not defined as public, and what is Everfold’s own', async () => {
    const handler = await publisher();

    await handler(await batchOf(['order-1', '$started', 'Placed', 'Secret']));

    expect(bus.sent()).toEqual([['Placed']]);
  });

  it('sends again only what was refused, after a wait', async () => {
    const handler = await publisher(({ DetailType }, request) =>
      DetailType === 'B' && request === 1 ? 'ThrottlingException' : undefined,
    );

    expect(await handler(await batchOf(['order-1', 'A'], ['order-2', 'B'], ['order-3', 'C']))).toEqual({
      batchItemFailures: [],
    });

    expect(bus.sent()).toEqual([['A', 'B', 'C'], ['B']]);
    expect(slept).toEqual([50]);
  });

  it('lets no later request overtake a refused event of its stream', async () => {
    const handler = await publisher(({ DetailType }, request) =>
      DetailType === 'E9' && request === 1 ? 'InternalFailure' : undefined,
    );
    const first = Array.from(
      { length: 10 },
      (_, index) => [index === 9 ? 'order-x' : `order-${index}`, `E${index}`] as const,
    );

    await handler(await batchOf(...first, ['order-x', 'E10'], ['order-y', 'E11']));

    expect(bus.sent().slice(1)).toEqual([['E11'], ['E9', 'E10']]);
  });

  it('reports what stays refused from its commit on, and nothing else', async () => {
    const handler = await publisher(({ DetailType }) => (DetailType === 'B' ? 'InternalFailure' : undefined));

    const answer = await handler(await batchOf(['order-1', 'A'], ['order-2', 'B'], ['order-1', 'C'], ['order-2', 'D']));

    expect(answer).toEqual({ batchItemFailures: [itemOf(2), itemOf(4)] });
    expect(slept).toEqual([50, 100]);
    expect(failures).toMatchObject([
      {
        stream: 'order-2',
        after: 0,
        error: { code: 'PUBLISH_FAILED', message: expect.stringContaining('InternalFailure') },
      },
    ]);
  });

  it('reports everything when the bus cannot be reached', async () => {
    const handler = await publisher(undefined, { attempts: 1 });
    await bus.stop();

    expect(await handler(await batchOf(['order-1', 'A'], ['order-2', 'B']))).toEqual({
      batchItemFailures: [itemOf(1), itemOf(2)],
    });
  });

  it('sends an event that is too large for the bus as a reference, and goes on', async () => {
    const handler = await publisher();
    const { Records } = await batchOf(['order-1', 'Huge'], ['order-1', 'Next']);
    const image = Records[0]?.dynamodb?.NewImage;
    if (image) image.events = { S: JSON.stringify([{ type: 'Huge', data: 'x'.repeat(1024 * 1024) }]) };

    expect(await handler({ Records })).toEqual({ batchItemFailures: [] });

    expect(bus.sent()).toEqual([['Huge', 'Next']]);
    const details = bus.requests[0]?.map(({ Detail = '' }) => JSON.parse(Detail));
    expect(details).toMatchObject([{ stream: 'order-1', version: 1, reference: true }, { data: {} }]);
    expect(details?.[0]).not.toHaveProperty('data');
  });

  it('holds back the stream of an event that cannot be published, and no other', async () => {
    const refuse = () => {
      throw new Error('cannot be told');
    };
    const handler = await publisher(undefined, {
      events: { A: z.unknown(), B: z.unknown() },
      publish: { A: true, B: { data: refuse } },
    });

    const answer = await handler(await batchOf(['order-1', 'A'], ['order-1', 'B'], ['order-1', 'A'], ['order-2', 'A']));

    expect(answer).toEqual({ batchItemFailures: [itemOf(2), itemOf(3)] });
    expect(bus.requests.flat().map(({ Detail = '' }) => JSON.parse(Detail).stream)).toEqual(['order-1', 'order-2']);
    expect(failures).toMatchObject([{ stream: 'order-1', after: 1, error: { message: 'cannot be told' } }]);
  });

  it('does not send again what the bus refuses for good', async () => {
    const handler = await publisher(({ DetailType }) =>
      DetailType === 'A' ? 'NotAuthorizedForSourceException' : undefined,
    );

    expect(await handler(await batchOf(['order-1', 'A'], ['order-2', 'B']))).toEqual({
      batchItemFailures: [itemOf(1)],
    });

    expect(bus.sent()).toEqual([['A', 'B']]);
    expect(slept).toEqual([]);
    expect(failures).toMatchObject([{ error: { code: 'PUBLISH_FAILED', retryable: false } }]);
  });

  it('counts the attempts of each entry, so that a stream comes to its end under throttling', async () => {
    const seen = new Set<string>();
    const handler = await publisher(
      ({ DetailType = '' }) => {
        const isFirst = /E[0-9]*9$/.test(DetailType) && !seen.has(DetailType);
        seen.add(DetailType);
        return isFirst ? 'ThrottlingException' : undefined;
      },
      { attempts: 2 },
    );
    const types = Array.from({ length: 60 }, (_, index) => `E${index}`);

    expect(await handler(await batchOf(['order-1', ...types]))).toEqual({ batchItemFailures: [] });

    expect([...new Set(bus.sent().flat())]).toEqual(types);
  });

  it.each([
    [1, 1],
    [10, 1],
    [11, 2],
    [25, 3],
    [100, 10],
    [105, 11],
  ])('sends %i events of as many streams in %i requests, and of one stream too', async (count, requests) => {
    const types = Array.from({ length: count }, (_, index) => `E${index}`);

    await (await publisher())(await batchOf(...types.map((type, index) => [`order-${index}`, type] as const)));
    expect(bus.requests).toHaveLength(requests);
    await bus.stop();

    await (await publisher())(await batchOf(['order-1', ...types]));
    expect(bus.requests).toHaveLength(requests);
  });

  it('sends requests side by side, but those of one stream one after the other', async () => {
    let underWay = 0;
    let most = 0;
    const handler = await publisher(undefined, { concurrency: 3 });
    bus.client.middlewareStack.add(
      (next) => async (args) => {
        underWay++;
        most = Math.max(most, underWay);
        const result = await next(args);
        underWay--;
        return result;
      },
      { step: 'build' },
    );

    await handler(await batchOf(...Array.from({ length: 100 }, (_, index) => [`order-${index}`, 'A'] as const)));
    expect(most).toBe(3);

    most = 0;
    await handler(await batchOf(['order-1', ...Array.from({ length: 100 }, (_, index) => `E${index}`)]));
    expect(most).toBe(1);
  });

  it('tells a logger of what is held back, and the listener as well', async () => {
    const lines: unknown[] = [];
    const handler = await publisher(() => 'AccessDeniedException', {
      logger: { error: (message, extra) => lines.push([message, extra]) },
    });

    await handler(await batchOf(['order-1', 'A']));

    const error = expect.objectContaining({ code: 'PUBLISH_FAILED' });
    expect(lines).toEqual([
      [
        expect.stringContaining('Stream "order-1" after version 0 was not handled'),
        { stream: 'order-1', after: 0, sequenceNumber: itemOf(1).itemIdentifier, error },
      ],
    ]);
    expect(failures).toHaveLength(1);
  });

  it.each([
    ['attempts', 0],
    ['concurrency', 1.5],
    ['referenceAboveBytes', 1_047_553],
    ['referenceAboveBytes', 0],
  ])('refuses %s of %d', async (name, value) => {
    await expect(publisher(undefined, { [name]: value })).rejects.toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(`${name} of the publisher`),
      }),
    );
  });

  it('sends nothing for a batch without public events', async () => {
    const handler = await publisher();

    expect(await handler(await batchOf(['order-1', '$started']))).toEqual({ batchItemFailures: [] });

    expect(bus.sent()).toEqual([]);
  });
});

describe('the publisher of commits', () => {
  it('publishes what was read from the store, and answers with what the bus refuses', async () => {
    bus = await startFakeBus(({ DetailType }) => (DetailType === 'B' ? 'AccessDeniedException' : undefined));
    const store = new InMemoryEventStore({ clock });
    const [one, other] = ['order-1', 'order-2'].map((stream) => startOf(stream));
    if (one === undefined || other === undefined) throw new Error('There are two.');
    const commits = [
      await store.append({
        after: one,
        events: [
          { type: '$started', data: {} },
          { type: 'A', data: {} },
        ],
        metadata,
      }),
      await store.append({ after: other, events: [{ type: 'B', data: {} }], metadata }),
    ];
    const publish = createCommitPublisher({
      client: bus.client,
      busName: 'orders',
      source: 'shop.orders',
      events,
      clock,
    });

    const failures = await publish(commits);

    expect(bus.sent()).toEqual([['A', 'B']]);
    expect(failures).toMatchObject([{ stream: 'order-2', after: 0, error: { code: 'PUBLISH_FAILED' } }]);
  });
});
