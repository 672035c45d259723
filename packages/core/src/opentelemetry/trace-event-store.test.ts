import { trace } from '@opentelemetry/api';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import type { EventStore } from '../event-store.js';
import { InMemoryEventStore } from '../in-memory-store.js';
import { describeEventStore } from '../testing/index.js';
import { traceEventStore } from './index.js';
import { creating, elsewhere, idsOf, inRoot, metadata, type Recording, recordSpans } from './recording.test.fixture.js';

describeEventStore(
  // Some promises take seconds to wait for.
  { describe, it: it.concurrent },
  { name: 'A traced store', create: async () => ({ store: traceEventStore(new InMemoryEventStore()) }) },
);

describe('a traced store', () => {
  let recording: Recording;
  let store: EventStore;

  beforeEach(() => {
    recording = recordSpans();
    store = traceEventStore(new InMemoryEventStore());
  });

  afterEach(() => recording.end());

  test('names no span by an id, whatever the stream is called', async () => {
    await expect(store.load('nameless')).resolves.toBeDefined();
    await store.load('order-7-8');

    expect(recording.names()).toEqual(['load', 'load order']);
  });

  test('does not mix what runs at the same time', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => String(index));
    await Promise.all(
      ids.map((id) =>
        inRoot(`POST ${id}`, async () => {
          await store.load(`order-${id}`);
          await Promise.resolve();
          await store.append(creating(`order-${id}`, 'Placed'));
        }),
      ),
    );

    expect(idsOf(recording.spans()).size).toBe(50);
    for (const id of ids) {
      const root = recording.span(`POST ${id}`).spanContext();
      const own = recording.spans().filter(({ attributes }) => attributes['everfold.stream'] === `order-${id}`);
      expect(own.map(({ parentSpanContext }) => parentSpanContext)).toMatchObject([root, root]);
      for await (const { metadata } of store.read(`order-${id}`)) expect(metadata.traceparent).toContain(root.traceId);
    }
  });

  test('takes a tracer of its own', async () => {
    const tracer = trace.getTracer('mine');
    await traceEventStore(new InMemoryEventStore(), { tracer }).load('order-7');
    await store.load('order-7');

    expect(recording.spans().map(({ instrumentationScope }) => instrumentationScope.name)).toEqual([
      'mine',
      '@everfold/core',
    ]);
  });
});

describe('a traced store whose traces are not sampled', () => {
  test('says so to those who go on with them', async () => {
    const recording = recordSpans(new AlwaysOffSampler());
    const { metadata: recorded } = await traceEventStore(new InMemoryEventStore()).append(
      creating('order-7', 'Placed'),
    );
    recording.end();

    expect(recorded.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(recording.spans()).toEqual([]);
  });
});

describe('a traced store without an SDK', () => {
  test('hands appends on as they are', async () => {
    const inner = new InMemoryEventStore();
    const append = vi.spyOn(inner, 'append');
    const given = creating('order-7', 'Placed');

    const commit = await traceEventStore(inner).append(given);

    expect(append.mock.calls[0]?.[0]).toBe(given);
    expect(commit.metadata).toEqual(metadata);
  });

  test('keeps the traceparent that an append came with', async () => {
    const store = traceEventStore(new InMemoryEventStore());
    const given = { ...metadata, ...elsewhere.metadata };

    const commit = await store.append({ ...creating('order-7', 'Placed'), metadata: given });

    expect(commit.metadata).toEqual(given);
  });

  test('records as soon as one is registered', async () => {
    const store = traceEventStore(new InMemoryEventStore());
    await store.load('order-7');
    const recording = recordSpans();
    await store.load('order-7');
    recording.end();

    expect(recording.names()).toEqual(['load order']);
  });
});
