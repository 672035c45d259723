import {
  context,
  INVALID_SPAN_CONTEXT,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { account } from '../account.test.fixture.js';
import { recordedEvents } from '../commit.js';
import { InMemoryEventStore } from '../in-memory-store.js';
import { causedBy } from '../metadata.js';
import { createRepository } from '../repository.js';
import { continueTrace, linkTraces, traceEventStore, traceRepository } from './index.js';
import {
  creating,
  elsewhere,
  idsOf,
  inRoot,
  linksOf,
  metadata,
  type Recording,
  recordSpans,
  traceparentOf,
} from './recording.test.fixture.js';

const caused = { ...metadata, ...elsewhere.metadata };
const nothing = async () => {};

/** Through a stream or a bus, into a process that has no span. */
function elsewhereIn<TValue, TResult>(value: TValue, work: (delivered: TValue) => Promise<TResult>): Promise<TResult> {
  const json = JSON.stringify(value);
  return context.with(ROOT_CONTEXT, () => work(JSON.parse(json)));
}

describe('a trace from command to consumer', () => {
  test('is one trace, each span below what caused it', async () => {
    const recording = recordSpans();
    const store = traceEventStore(new InMemoryEventStore());
    const accounts = traceRepository(account, createRepository(account, { store }));

    const { events } = await inRoot('POST /accounts', () => accounts.execute('7', 'deposit', { cents: 5 }));
    const second = await elsewhereIn(events, ([event]) =>
      event === undefined
        ? Promise.reject(new Error('no event'))
        : continueTrace(event.metadata, 'process Deposited', () =>
            store.append({ ...creating('notice-7', 'Sent'), metadata: causedBy(event) }),
          ),
    );
    recording.end();

    const chain = [
      'POST /accounts',
      'execute account.deposit',
      'append account',
      'process Deposited',
      'append notice',
    ].map(recording.span);
    expect(idsOf(recording.spans()).size).toBe(1);
    expect(chain.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([
      undefined,
      ...chain.slice(0, -1).map((span) => span.spanContext().spanId),
    ]);
    expect(chain.map(({ kind }) => kind)).toEqual([
      SpanKind.SERVER,
      SpanKind.INTERNAL,
      SpanKind.PRODUCER,
      SpanKind.CONSUMER,
      SpanKind.PRODUCER,
    ]);
    expect(chain.flatMap(linksOf)).toEqual([]);
    expect(events[0]?.metadata.traceparent).toBe(chain[2] && traceparentOf(chain[2]));
    expect(second.metadata.traceparent).toBe(chain[4] && traceparentOf(chain[4]));
  });

  test('stays one where only the store is traced', async () => {
    const recording = recordSpans();
    const store = traceEventStore(new InMemoryEventStore());
    const placed = await store.append(creating('order-7', 'Placed'));
    for (const event of recordedEvents(placed)) {
      await elsewhereIn(event, (delivered) =>
        store.append({ ...creating('stock-1', 'Reserved'), metadata: causedBy(delivered) }),
      );
    }
    recording.end();

    const [first, second] = [recording.span('append order'), recording.span('append stock')];
    expect(second.parentSpanContext?.spanId).toBe(first.spanContext().spanId);
    expect(idsOf([first, second]).size).toBe(1);
  });

  test('passes through a service without an SDK', async () => {
    const store = traceEventStore(new InMemoryEventStore());
    const [event] = recordedEvents(await store.append({ ...creating('order-7', 'Placed'), metadata: caused }));

    const appended = await continueTrace(event?.metadata, 'process Placed', () =>
      store.append({ ...creating('stock-1', 'Reserved'), metadata: causedBy(event ?? { id: '', metadata }) }),
    );

    expect(appended.metadata).toMatchObject(elsewhere.metadata);
  });
});

describe('continuing a trace', () => {
  let recording: Recording;

  beforeEach(() => {
    recording = recordSpans();
  });

  afterEach(() => recording.end());

  test('makes a consumer below the appending span, with its state, and returns what the work returns', async () => {
    const result = await continueTrace(caused, 'process Placed', () => trace.getActiveSpan()?.spanContext(), {
      attributes: { 'shop.tenant': 'acme' },
    });

    const span = recording.span('process Placed');
    expect(result).toBe(span.spanContext());
    expect(span.kind).toBe(SpanKind.CONSUMER);
    expect(span.attributes).toEqual({ 'shop.tenant': 'acme' });
    expect(span.parentSpanContext).toMatchObject({ spanId: elsewhere.spanId, isRemote: true });
    expect(result?.traceId).toBe(elsewhere.traceId);
    expect(result?.traceState?.serialize()).toBe('vendor=1');
    expect(linksOf(span)).toEqual([]);
  });

  test('stays below an active span of another trace, and links to the appending one', async () => {
    await inRoot('lambda', () => continueTrace(caused, 'process Placed', nothing));

    const [span, lambda] = [recording.span('process Placed'), recording.span('lambda')];
    expect(span.parentSpanContext?.spanId).toBe(lambda.spanContext().spanId);
    expect(linksOf(span)).toEqual([elsewhere.traceparent]);
    expect(span.links[0]?.context.traceState?.serialize()).toBe('vendor=1');
  });

  test('goes below the appending span all the same, if asked to, and links to the active one', async () => {
    await inRoot('lambda', () => continueTrace(caused, 'process Placed', nothing, { parent: 'appending' }));

    const span = recording.span('process Placed');
    expect(span.parentSpanContext?.spanId).toBe(elsewhere.spanId);
    expect(linksOf(span)).toEqual([traceparentOf(recording.span('lambda'))]);
  });

  test('goes below the appending span within one trace', async () => {
    await continueTrace(caused, 'outer', () => continueTrace(caused, 'inner', nothing));

    const [outer, inner] = [recording.span('outer'), recording.span('inner')];
    expect(inner.parentSpanContext?.spanId).toBe(elsewhere.spanId);
    expect(linksOf(inner)).toEqual([traceparentOf(outer)]);
  });

  test('takes an active span that is in no trace for none', async () => {
    const traceless = trace.setSpanContext(context.active(), INVALID_SPAN_CONTEXT);
    await context.with(traceless, () => continueTrace(caused, 'process Placed', nothing));

    const span = recording.span('process Placed');
    expect(span.parentSpanContext?.spanId).toBe(elsewhere.spanId);
    expect(linksOf(span)).toEqual([]);
  });

  test('does not link to its own parent', async () => {
    await inRoot('lambda', async () => {
      const active = trace.getActiveSpan()?.spanContext();
      const traceparent = `00-${active?.traceId}-${active?.spanId}-01`;
      await continueTrace({ traceparent }, 'process Placed', nothing);
    });

    expect(linksOf(recording.span('process Placed'))).toEqual([]);
  });

  test.each([undefined, {}, { traceparent: 'nonsense' }])('begins a trace where there is none: %j', async (given) => {
    await continueTrace(given, 'process Placed', nothing);

    const span = recording.span('process Placed');
    expect(span.parentSpanContext).toBeUndefined();
    expect(linksOf(span)).toEqual([]);
  });

  test('keeps what else is in the active context', async () => {
    const baggage = propagation.createBaggage({ tenant: { value: 'acme' } });
    const seen = await context.with(propagation.setBaggage(context.active(), baggage), () =>
      continueTrace(caused, 'process Placed', () => propagation.getActiveBaggage()?.getEntry('tenant')?.value),
    );

    expect(seen).toBe('acme');
  });

  test.each([
    [new Error('broken'), 'Error', 'broken'],
    ['broken', '_OTHER', 'broken'],
    [Object.create(null), '_OTHER', 'A value of type object was thrown.'],
  ])('records what the work throws, and throws it on: %s', async (thrown, type, message) => {
    const work = () => Promise.reject(thrown);

    await expect(continueTrace(caused, 'process Placed', work)).rejects.toBe(thrown);
    const { status, attributes } = recording.span('process Placed');
    expect(status).toEqual({ code: SpanStatusCode.ERROR, message });
    expect(attributes).toEqual({ 'error.type': type });
  });

  test('does not mix what runs at the same time', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => index.toString(16).padStart(32, 'a'));
    const seen = await Promise.all(
      ids.map((id) =>
        continueTrace({ traceparent: `00-${id}-${elsewhere.spanId}-01` }, 'process Placed', async () => {
          await Promise.resolve();
          return trace.getActiveSpan()?.spanContext().traceId;
        }),
      ),
    );

    expect(seen).toEqual(ids);
  });
});

describe('linking traces', () => {
  let recording: Recording;

  beforeEach(() => {
    recording = recordSpans();
  });

  afterEach(() => recording.end());

  test('makes one consumer for a batch, with a link to each append of it', async () => {
    const other = `00-${'b'.repeat(32)}-${elsewhere.spanId}-01`;
    const batch = [caused, { traceparent: other }, caused, undefined, {}];

    const result = await inRoot('lambda', () => linkTraces(batch, 'project orders', () => 'done'));

    expect(result).toBe('done');
    const span = recording.span('project orders');
    expect(span.kind).toBe(SpanKind.CONSUMER);
    expect(span.parentSpanContext?.spanId).toBe(recording.span('lambda').spanContext().spanId);
    expect(linksOf(span)).toEqual([elsewhere.traceparent, other]);
  });

  test('begins a trace of its own where no span is active', async () => {
    await linkTraces([caused], 'project orders', nothing);

    const span = recording.span('project orders');
    expect(span.parentSpanContext).toBeUndefined();
    expect(linksOf(span)).toEqual([elsewhere.traceparent]);
  });
});
