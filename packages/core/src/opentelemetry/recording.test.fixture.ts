import { type Attributes, context, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { type Append, startOf } from '../commit.js';

export interface Recording {
  /** The finished span of this name; it must be the only one. */
  readonly span: (name: string) => ReadableSpan;
  readonly spans: () => ReadableSpan[];
  readonly names: () => string[];
  readonly end: () => void;
}

/** Registers an OpenTelemetry SDK that keeps finished spans, until `end` is called. */
export function recordSpans(sampler?: Sampler): Recording {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors, ...(sampler === undefined ? {} : { sampler }) }),
  );
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const spans = () => exporter.getFinishedSpans();
  return {
    spans,
    names: () => spans().map(({ name }) => name),
    span: (name) => {
      const [found, ...others] = spans().filter((span) => span.name === name);
      if (found === undefined || others.length > 0)
        throw new Error(`${name} is among ${spans().map((span) => span.name)}`);
      return found;
    },
    end: () => {
      trace.disable();
      context.disable();
    },
  };
}

/** Runs work in a root span, as the instrumentation of an HTTP server or of Lambda would. */
export function inRoot<TResult>(name: string, work: () => Promise<TResult>): Promise<TResult> {
  return trace.getTracer('test').startActiveSpan(name, { kind: SpanKind.SERVER, root: true }, async (span) => {
    try {
      return await work();
    } finally {
      span.end();
    }
  });
}

/** The `traceparent` of a span. */
export function traceparentOf(span: ReadableSpan): string {
  const { traceId, spanId } = span.spanContext();
  return `00-${traceId}-${spanId}-01`;
}

export function idsOf(spans: readonly ReadableSpan[]): Set<string> {
  return new Set(spans.map((span) => span.spanContext().traceId));
}

/** A span's links, as `traceparent`s. */
export function linksOf({ links }: ReadableSpan): string[] {
  return links.map(({ context: { traceId, spanId } }) => `00-${traceId}-${spanId}-01`);
}

export function eventsOf({ events }: ReadableSpan): [string, Attributes | undefined][] {
  return events.map(({ name, attributes }) => [name, attributes]);
}

/** A span of another service, sampled, and how metadata carries it. */
export const elsewhere = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  metadata: {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'vendor=1',
  },
};

export const metadata = { correlationId: 'c', causationId: 'k' };

/** An append that creates a stream, of one event for each type. */
export function creating(stream: string, ...types: string[]): Append {
  return { after: startOf(stream), events: types.map((type) => ({ type, data: {} })), metadata };
}
