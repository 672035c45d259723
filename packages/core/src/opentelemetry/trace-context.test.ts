import { createTraceState, defaultTextMapGetter, INVALID_SPAN_CONTEXT, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { describe, expect, test } from 'vitest';
import { elsewhere, metadata } from './recording.test.fixture.js';
import { readTraceContext, writeTraceContext } from './trace-context.js';

const { traceId, spanId, traceparent } = elsewhere;

describe('reading a trace context', () => {
  test('takes a traceparent apart', () => {
    expect(readTraceContext({ traceparent })).toEqual({ traceId, spanId, traceFlags: 1, isRemote: true });
  });

  test('takes the state along', () => {
    expect(readTraceContext({ traceparent, tracestate: 'a=1,b=2' })?.traceState?.serialize()).toBe('a=1,b=2');
  });

  test('reads what a later version adds as far as it is known', () => {
    expect(readTraceContext({ traceparent: `cc-${traceId}-${spanId}-01-more` })).toMatchObject({ traceId, spanId });
  });

  test.each([
    undefined,
    '',
    'nonsense',
    7,
    null,
    { traceId },
    [traceparent],
    ` ${traceparent}`,
    `${traceparent}-more`,
    `${traceparent}0`,
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId}-${spanId}`,
    `00-${traceId.slice(1)}-${spanId}-01`,
  ])('takes %j for no trace at all', (malformed) => {
    const read = JSON.parse(JSON.stringify({ traceparent: malformed, tracestate: 'a=1' }));

    expect(readTraceContext(read)).toBeUndefined();
  });

  test.each([7, null, {}, '', 'nonsense', 'A=1'])('does not fail for the state %j', (tracestate) => {
    const read = readTraceContext(JSON.parse(JSON.stringify({ traceparent, tracestate })));

    expect(read).toMatchObject({ traceId, spanId });
    expect(read?.traceState?.serialize() ?? '').toBe('');
  });

  test('bears a delivery without metadata', () => {
    expect(readTraceContext(undefined)).toBeUndefined();
    expect(readTraceContext(JSON.parse('null'))).toBeUndefined();
  });
});

describe('writing a trace context', () => {
  test('writes what the propagator of the SDK reads', () => {
    const written = writeTraceContext(metadata, {
      traceId,
      spanId,
      traceFlags: 1,
      traceState: createTraceState('a=1'),
    });

    expect(written).toEqual({ ...metadata, traceparent, tracestate: 'a=1' });
    const read = new W3CTraceContextPropagator().extract(ROOT_CONTEXT, written, defaultTextMapGetter);
    expect(trace.getSpanContext(read)).toMatchObject({ traceId, spanId, traceFlags: 1 });
    expect(trace.getSpanContext(read)?.traceState?.serialize()).toBe('a=1');
  });

  test('says that a span is not sampled, and sends no flag without a meaning', () => {
    expect(writeTraceContext(metadata, { traceId, spanId, traceFlags: 0 }).traceparent).toMatch(/-00$/);
    expect(writeTraceContext(metadata, { traceId, spanId, traceFlags: 0xff }).traceparent).toMatch(/-03$/);
  });

  test('replaces an earlier one, and its state with it', () => {
    const earlier = { ...metadata, traceparent: '00-ab', tracestate: 'stranger=1' };

    expect(writeTraceContext(earlier, { traceId, spanId, traceFlags: 1 })).toStrictEqual({ ...metadata, traceparent });
  });

  test('makes nothing up for a span without a trace', () => {
    const earlier = { ...metadata, traceparent, tracestate: 'a=1' };

    expect(writeTraceContext(earlier, INVALID_SPAN_CONTEXT)).toBe(earlier);
  });
});
