import {
  type Context,
  context,
  isSpanContextValid,
  type Link,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { CommandMetadata } from '../metadata.js';
import { recordFailure } from './failure.js';
import { readTraceContext } from './trace-context.js';

/** What spans are made with. */
export interface TraceOptions {
  /** Default: the tracer `@everfold/core` of the provider that is registered, be it later. */
  readonly tracer?: Tracer;
}

/** Where a span hangs: its parent is in the context. */
export interface Place {
  readonly parent: Context;
  readonly links: Link[];
}

/** The tracer of everything here. Until a provider is registered, it makes spans that do nothing. */
export function defaultTracer(): Tracer {
  return trace.getTracer('@everfold/core');
}

/** Runs work in a span: the work's own spans are its children, and what it throws is recorded and thrown on. */
export async function inSpan<TResult>(
  tracer: Tracer,
  name: string,
  { parent, ...options }: SpanOptions & Place,
  work: (span: Span) => TResult | Promise<TResult>,
): Promise<TResult> {
  const span = tracer.startSpan(name, options, parent);
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    recordFailure(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Below the active span, whatever that is. */
export function here(): Place {
  return { parent: context.active(), links: [] };
}

/**
 * Below the active span, with links to causes of other traces. Without an active span, below the first cause: so a chain
 * of events stays one trace where nobody but the store is traced.
 */
export function causedHere(causes: readonly (CommandMetadata | undefined)[]): Place {
  const contexts = readDistinct(causes);
  const active = activeSpanContext();
  if (active !== undefined) {
    return { parent: context.active(), links: toLinks(contexts.filter(({ traceId }) => traceId !== active.traceId)) };
  }
  const [first, ...others] = contexts;
  return first === undefined ? here() : { parent: remote(first), links: toLinks(others) };
}

/** The context of a remote span, with all else that the active one holds. */
export function remote(span: SpanContext): Context {
  return trace.setSpanContext(context.active(), span);
}

/** The active span, if it is in a trace at all. */
export function activeSpanContext(): SpanContext | undefined {
  const active = trace.getSpanContext(context.active());
  return active !== undefined && isSpanContextValid(active) ? active : undefined;
}

/** The spans that metadata was recorded under, each once. */
export function readDistinct(metadata: readonly (CommandMetadata | undefined)[]): SpanContext[] {
  const read = metadata.map(readTraceContext).filter((span) => span !== undefined);
  return [...new Map(read.map((span) => [`${span.traceId}-${span.spanId}`, span])).values()];
}

export function toLinks(spans: readonly SpanContext[]): Link[] {
  return spans.map((span) => ({ context: span }));
}
