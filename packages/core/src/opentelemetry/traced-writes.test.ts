import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endOf } from '../commit.js';
import type { EventStore } from '../event-store.js';
import { InMemoryEventStore } from '../in-memory-store.js';
import { traceEventStore } from './index.js';
import {
  creating,
  elsewhere,
  eventsOf,
  inRoot,
  linksOf,
  metadata,
  type Recording,
  recordSpans,
  traceparentOf,
} from './recording.test.fixture.js';

describe('writing to a traced store', () => {
  let recording: Recording;
  let store: EventStore;

  beforeEach(() => {
    recording = recordSpans();
    store = traceEventStore(new InMemoryEventStore());
  });

  afterEach(() => recording.end());

  test('records an append, and itself in what was appended', async () => {
    const commit = await store.append(creating('order-7', 'Placed', 'Paid'));

    const span = recording.span('append order');
    expect(span.kind).toBe(SpanKind.PRODUCER);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toEqual({
      'everfold.stream': 'order-7',
      'everfold.category': 'order',
      'everfold.events': 2,
      'everfold.version': 2,
      'everfold.commit': commit.id,
    });
    expect(commit.metadata).toEqual({ ...metadata, traceparent: traceparentOf(span) });
    expect((await store.load('order-7')).commits).toEqual([commit]);
  });

  test('records a transaction under its first stream, and itself in each commit', async () => {
    const unchanged = endOf(await store.append(creating('account-1', 'Opened')));
    const claim = { claim: { name: 'email', value: 'a@b' }, by: 'order-7' };
    const commits = await store.transact([
      { unchanged },
      creating('order-7', 'Placed'),
      claim,
      creating('stock-1', 'A', 'B'),
    ]);

    const span = recording.span('transact order');
    expect(span.kind).toBe(SpanKind.PRODUCER);
    expect(span.attributes).toEqual({
      'everfold.stream': 'order-7',
      'everfold.category': 'order',
      'everfold.events': 3,
      'everfold.transaction.streams': ['order-7', 'stock-1'],
      'everfold.transaction.commits': commits.map(({ id }) => id),
    });
    expect(commits.map((commit) => commit.metadata.traceparent)).toEqual([traceparentOf(span), traceparentOf(span)]);
    expect(await store.holderOf(claim.claim)).toBe('order-7');
  });

  test('records a transaction that appends nothing, without a value', async () => {
    await store.transact([{ claim: { name: 'email', value: 'a@b' }, by: 'order-7' }]);

    expect(JSON.stringify(recording.span('transact').attributes)).not.toContain('a@b');
  });

  test('records a deletion, and itself in it', async () => {
    const placed = await store.append(creating('order-7', 'Placed'));
    const deletion = await store.delete(endOf(placed), metadata);

    const span = recording.span('delete order');
    expect(span.attributes).toMatchObject({ 'everfold.version': 2, 'everfold.commit': deletion.id });
    expect(deletion.metadata.traceparent).toBe(traceparentOf(span));
  });

  test('records an error with its code, and throws it on', async () => {
    await store.append(creating('order-7', 'Placed'));
    await expect(store.append(creating('order-7', 'Placed'))).rejects.toMatchObject({ code: 'CONFLICT' });

    const [, failed] = recording.spans();
    expect(failed?.status).toEqual({
      code: SpanStatusCode.ERROR,
      message: expect.stringContaining('"order-7" has moved on from version 0'),
    });
    expect(failed?.attributes).toMatchObject({ 'everfold.error.code': 'CONFLICT', 'error.type': 'CONFLICT' });
    expect(failed?.events).toMatchObject([{ name: 'exception', attributes: { 'exception.type': 'CONFLICT' } }]);
  });

  test('does not tell whose a claimed value is', async () => {
    const claim = { claim: { name: 'email', value: 'ada@example.org' }, by: 'user-1' };
    await store.transact([claim]);
    await expect(store.transact([{ ...claim, by: 'user-2' }])).rejects.toMatchObject({ code: 'CLAIM_TAKEN' });
    await store.holderOf(claim.claim);

    const said = recording
      .spans()
      .map(({ name, attributes, status, events }) => ({ name, attributes, status, events }));
    expect(JSON.stringify(said)).not.toContain('ada@');
    expect(said[1]).toMatchObject({
      attributes: { 'everfold.error.code': 'CLAIM_TAKEN' },
      status: { code: SpanStatusCode.ERROR },
    });
    expect(said[2]).toMatchObject({ name: 'holderOf email', attributes: { 'everfold.claim': 'email' } });
  });

  test('tells the span around it of a conflict', async () => {
    await store.append(creating('order-7', 'Placed'));
    await inRoot('POST', async () => {
      await store.append(creating('order-7', 'Placed')).catch(() => undefined);
      await store.append(creating('order-8')).catch(() => undefined);
    });

    expect(eventsOf(recording.span('POST'))).toEqual([
      ['conflict', { 'everfold.stream': 'order-7', 'everfold.expected_version': 0 }],
    ]);
  });

  test('goes on with the trace of its cause where no span is active', async () => {
    const commit = await store.append({
      ...creating('order-7', 'Placed'),
      metadata: { ...metadata, ...elsewhere.metadata },
    });

    const span = recording.span('append order');
    expect(span.spanContext().traceId).toBe(elsewhere.traceId);
    expect(span.parentSpanContext?.spanId).toBe(elsewhere.spanId);
    expect(commit.metadata).toEqual({ ...metadata, traceparent: traceparentOf(span), tracestate: 'vendor=1' });
  });

  test('links to its cause where a span of another trace is active', async () => {
    const commit = await inRoot('POST', () =>
      store.append({ ...creating('order-7', 'Placed'), metadata: { ...metadata, ...elsewhere.metadata } }),
    );

    const span = recording.span('append order');
    expect(span.parentSpanContext?.spanId).toBe(recording.span('POST').spanContext().spanId);
    expect(linksOf(span)).toEqual([elsewhere.traceparent]);
    expect(commit.metadata).toEqual({ ...metadata, traceparent: traceparentOf(span) });
  });

  test('does not link within its trace, nor twice', async () => {
    await inRoot('POST', async () => {
      const { metadata: own } = await store.append(creating('order-7', 'Placed'));
      const appends = ['order-8', 'order-9'].map((stream) => ({ ...creating(stream, 'Placed'), metadata: own }));
      await store.transact(appends);
    });
    const caused = ['stock-8', 'stock-9'].map((stream) => ({
      ...creating(stream, 'Counted'),
      metadata: { ...metadata, ...elsewhere.metadata },
    }));
    await inRoot('PUT', () => store.transact(caused));

    expect(linksOf(recording.span('transact order'))).toEqual([]);
    expect(linksOf(recording.span('transact stock'))).toEqual([elsewhere.traceparent]);
  });
});
