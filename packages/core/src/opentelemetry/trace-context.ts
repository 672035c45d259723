import { createTraceState, isSpanContextValid, type SpanContext } from '@opentelemetry/api';
import type { CommandMetadata, Metadata } from '../metadata.js';

/** Version, trace id, span id, flags; a later version may have more. Source: W3C Trace Context, "traceparent Header". */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** The flags that have a meaning, sampled and random; all others are sent as zeros. */
const KNOWN_FLAGS = 0b11;

/** Reads the span that metadata was recorded under. What is malformed is as good as absent: old events stay readable. */
export function readTraceContext(metadata: CommandMetadata | undefined): SpanContext | undefined {
  // Metadata comes out of JSON, so a field may be anything.
  const { traceparent, tracestate }: Readonly<Record<string, unknown>> = metadata ?? {};
  const parts = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null;
  if (parts === null) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = parts;
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  const read: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  if (!isSpanContextValid(read)) return undefined;
  return typeof tracestate === 'string' ? { ...read, traceState: createTraceState(tracestate) } : read;
}

/**
 * Writes a span into metadata, in place of the one that is there. It is written here and not by the propagator of the
 * API, which does nothing until one is registered, and may be one that writes another format.
 *
 * @returns The same metadata, when the span is not valid.
 */
export function writeTraceContext(metadata: Metadata, span: SpanContext): Metadata {
  if (!isSpanContextValid(span)) return metadata;
  const flags = (span.traceFlags & KNOWN_FLAGS).toString(16).padStart(2, '0');
  const traceparent = `00-${span.traceId}-${span.spanId}-${flags}`;
  // A state belongs to its trace: the one that is there would be a stranger's.
  const { tracestate: _, ...rest } = metadata;
  const tracestate = span.traceState?.serialize();
  return tracestate ? { ...rest, traceparent, tracestate } : { ...rest, traceparent };
}
