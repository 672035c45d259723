import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Commit, endOf } from '../commit.js';
import type { EventStore } from '../event-store.js';
import { InMemoryEventStore } from '../in-memory-store.js';
import { traceEventStore } from './index.js';
import { creating, inRoot, type Recording, recordSpans } from './recording.test.fixture.js';

describe('reading a traced store', () => {
  let recording: Recording;
  let store: EventStore;

  beforeEach(() => {
    recording = recordSpans();
    store = traceEventStore(new InMemoryEventStore());
  });

  afterEach(() => recording.end());

  test('records what a load found', async () => {
    const placed = await store.append(creating('order-7', 'Placed', 'Paid'));
    const snapshots = { schema: 's', every: 1 };
    await store.load('order-7', { snapshots });
    expect(await store.saveSnapshot(endOf(placed), { schema: 's', state: {} })).toBe(true);
    await store.load('order-7', { snapshots });
    await store.load('order-7', { after: endOf(placed) });
    await store.load('order-8');

    const found = recording.spans().filter(({ name }) => name === 'load order');
    expect(found.map(({ kind }) => kind)).toEqual(Array(4).fill(SpanKind.CLIENT));
    expect(found.map(({ attributes }) => attributes)).toMatchObject([
      { 'everfold.events': 2, 'everfold.commits': 1, 'everfold.version': 2, 'everfold.snapshot': false },
      { 'everfold.events': 0, 'everfold.commits': 0, 'everfold.version': 2, 'everfold.snapshot': true },
      { 'everfold.events': 0, 'everfold.version': 2, 'everfold.snapshot': false },
      { 'everfold.stream': 'order-8', 'everfold.version': 0 },
    ]);
    expect(recording.span('saveSnapshot order').attributes).toMatchObject({
      'everfold.version': 2,
      'everfold.snapshot': true,
    });
  });

  test('records a whole read, also one that is broken off, and leaves its reader outside', async () => {
    const first = await store.append(creating('order-7', 'Placed'));
    await store.append({ ...creating('order-7', 'Paid'), after: endOf(first) });

    const seen: unknown[] = [];
    await inRoot('GET', async () => {
      for await (const { last } of store.read('order-7', { backward: true })) seen.push(last, trace.getActiveSpan());
    });
    for await (const { last } of store.read('order-7')) {
      seen.push(last);
      break;
    }

    expect(seen).toEqual([2, expect.objectContaining({ name: 'GET' }), 1, expect.objectContaining({ name: 'GET' }), 1]);
    expect(recording.spans().filter(({ name }) => name === 'read order')).toMatchObject([
      { kind: SpanKind.CLIENT, attributes: { 'everfold.commits': 2, 'everfold.events': 2, 'everfold.version': 2 } },
      { attributes: { 'everfold.commits': 1, 'everfold.version': 1 }, status: { code: SpanStatusCode.UNSET } },
    ]);
  });

  test('lets a store work within the span of a read', async () => {
    const within: unknown[] = [];
    const inner = new InMemoryEventStore();
    inner.read = async function* () {
      within.push(trace.getActiveSpan());
      yield* [];
      await Promise.resolve();
      within.push(trace.getActiveSpan());
    };

    for await (const _ of traceEventStore(inner).read('order-7'));

    expect(within).toMatchObject([{ name: 'read order' }, { name: 'read order' }]);
  });

  test('records each page of a scan, and a listing as one', async () => {
    await store.append(creating('order-7', 'Placed', 'Paid'));
    await store.append(creating('stock-1', 'Counted'));

    const pages: (readonly Commit[])[] = [];
    for await (const { commits } of store.scan({ category: 'order' })) pages.push(commits);
    const streams: string[] = [];
    for await (const stream of store.streams('order')) streams.push(stream);

    expect(streams).toEqual(['order-7']);
    const spans = recording.spans().filter(({ name }) => name === 'scan order');
    expect(spans[0]).toMatchObject({ attributes: { 'everfold.commits': 1, 'everfold.events': 2 } });
    expect(pages.flat()).toHaveLength(1);
    expect(recording.span('streams order').attributes).toEqual({ 'everfold.category': 'order' });
  });

  test('ends a scan where its reader does', async () => {
    const ended: string[] = [];
    const inner = new InMemoryEventStore();
    inner.scan = async function* () {
      try {
        while (true) yield { commits: [], cursor: '' };
      } finally {
        ended.push('scan');
      }
    };

    for await (const _ of traceEventStore(inner).scan()) break;

    expect(ended).toEqual(['scan']);
  });

  test('records an error amid a read', async () => {
    const inner = new InMemoryEventStore();
    inner.read = async function* () {
      yield* [];
      throw new TypeError('broken');
    };

    await expect(async () => {
      for await (const _ of traceEventStore(inner).read('order-7'));
    }).rejects.toThrow('broken');

    const { status, attributes } = recording.span('read order');
    expect(status).toEqual({ code: SpanStatusCode.ERROR, message: 'broken' });
    expect(attributes['error.type']).toBe('TypeError');
  });
});
