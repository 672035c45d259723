import {
  type Clock,
  type Commit,
  endOf,
  InMemoryEventStore,
  type NewEvent,
  type Position,
  startOf,
} from '@everfold/core';
import { type ConsumerFailure, encodeStreamRecord } from '@everfold/dynamodb-store';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { type Refuse, startFakeBus } from './bus.test.fixture.js';
import { createPublisher, type PublisherOptions } from './publisher.js';

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

async function publisher(refuse?: Refuse, options: Partial<PublisherOptions> = {}) {
  bus = await startFakeBus(refuse);
  slept = [];
  failures = [];
  return createPublisher({
    client: bus.client,
    busName: 'orders',
    source: 'shop.orders',
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

    expect(bus.sent()).toEqual([
      ['E0', 'E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7', 'E8', 'E9'],
      ['E10', 'E11'],
    ]);
    expect(bus.requests[0]?.[0]).toMatchObject({ EventBusName: 'orders', Source: 'shop.orders', DetailType: 'E0' });
    expect(JSON.parse(bus.requests[0]?.[0]?.Detail ?? '')).toMatchObject({
      stream: 'order-0',
      category: 'order',
      version: 1,
      metadata,
    });
  });

  it('keeps to itself what is not public, and what is Everfold’s own', async () => {
    const handler = await publisher(undefined, { isPublic: ({ type }) => type !== 'Secret' });

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

  it('holds back the stream of an event that the bus can never take', async () => {
    const handler = await publisher();
    const { Records } = await batchOf(['order-1', 'Huge'], ['order-1', 'Next']);
    const image = Records[0]?.dynamodb?.NewImage;
    if (image) image.events = { S: JSON.stringify([{ type: 'Huge', data: 'x'.repeat(1024 * 1024) }]) };

    const answer = await handler({ Records });

    expect(answer).toEqual({ batchItemFailures: [itemOf(1), itemOf(2)] });
    expect(bus.sent()).toEqual([]);
    expect(failures).toMatchObject([{ error: { code: 'EVENT_TOO_LARGE' } }]);
  });

  it('sends nothing for a batch without public events', async () => {
    const handler = await publisher();

    expect(await handler(await batchOf(['order-1', '$started']))).toEqual({ batchItemFailures: [] });

    expect(bus.sent()).toEqual([]);
  });
});
