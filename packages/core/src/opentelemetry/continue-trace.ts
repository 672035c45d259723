import { type Attributes, context, SpanKind } from '@opentelemetry/api';
import type { CommandMetadata } from '../metadata.js';
import {
  activeSpanContext,
  defaultTracer,
  here,
  inSpan,
  type Place,
  readDistinct,
  remote,
  type TraceOptions,
  toLinks,
} from './in-span.js';
import { readTraceContext } from './trace-context.js';

/** How a consumer's span is made. */
export interface ContinueOptions extends TraceOptions {
  /** What else the span is to say. */
  readonly attributes?: Attributes;
}

/** How the span of a consumer of one event or commit is made. */
export interface ContinueTraceOptions extends ContinueOptions {
  /**
   * The parent, where a span of another trace is active, as in a Lambda function that is instrumented: that span, or the
   * appending one, so that there is one trace from command to consumer. The other one is linked. Default `active`, which
   * is what the conventions recommend.
   */
  readonly parent?: 'active' | 'appending';
}

/**
 * Runs a consumer's work in a span that goes on with the trace that an event or a commit was appended in.
 *
 * The span is a child of the appending one. Where a span of another trace is active, it is a child of that one instead, and
 * links to the appending one; `parent` turns this round. A `traceparent` that is absent or malformed is ignored.
 * Source: OpenTelemetry Semantic Conventions, "Messaging spans", "Message creation context as parent of Process span".
 *
 * Without a registered OpenTelemetry SDK, it only calls `work`.
 *
 * @param metadata - Of the event or commit.
 * @param name - Of the span, such as `process OrderPlaced`; without ids, so that there are few names.
 * @param work - What it throws is recorded, and thrown on.
 * @returns What `work` returns.
 *
 * @example
 * ```ts
 * import { continueTrace } from '@everfold/core/opentelemetry';
 *
 * await continueTrace(orderPlaced.metadata, 'process OrderPlaced', async () => {
 *   await stock.execute(sku, 'reserve', { units: 1 }, { metadata: causedBy(orderPlaced) });
 * });
 * ```
 */
export function continueTrace<TResult>(
  metadata: CommandMetadata | undefined,
  name: string,
  work: () => TResult | Promise<TResult>,
  { tracer = defaultTracer(), attributes = {}, parent = 'active' }: ContinueTraceOptions = {},
): Promise<TResult> {
  return inSpan(tracer, name, { ...placeOf(metadata, parent), kind: SpanKind.CONSUMER, attributes }, work);
}

/**
 * Runs a consumer's work on a batch in a span with a link to each append of it: a span has one parent only, and a batch may
 * come out of many traces. The span is a child of the active one. Appends in the work begin with `continueTrace`, if each
 * is to go on with its own trace.
 *
 * Without a registered OpenTelemetry SDK, it only calls `work`.
 *
 * @param batch - The metadata of each event or commit. One without a `traceparent` has no link.
 * @param name - Of the span, such as `project orders`; without ids, so that there are few names.
 * @param work - What it throws is recorded, and thrown on.
 * @returns What `work` returns.
 *
 * @example
 * ```ts
 * import { linkTraces } from '@everfold/core/opentelemetry';
 *
 * const project = createProjector({ projection: orders, eventStore, readModels });
 * export const handler = createStreamConsumer({
 *   handle: (batch) => linkTraces(batch.map(({ metadata }) => metadata), 'project orders', () => project(batch)),
 * });
 * ```
 */
export function linkTraces<TResult>(
  batch: readonly (CommandMetadata | undefined)[],
  name: string,
  work: () => TResult | Promise<TResult>,
  { tracer = defaultTracer(), attributes = {} }: ContinueOptions = {},
): Promise<TResult> {
  const place = { parent: context.active(), links: toLinks(readDistinct(batch)) };
  return inSpan(tracer, name, { ...place, kind: SpanKind.CONSUMER, attributes }, work);
}

function placeOf(metadata: CommandMetadata | undefined, parent: 'active' | 'appending'): Place {
  const appending = readTraceContext(metadata);
  if (appending === undefined) return here();
  const active = activeSpanContext();
  const stays = active !== undefined && active.traceId !== appending.traceId && parent === 'active';
  if (stays) return { parent: context.active(), links: toLinks([appending]) };
  const others = active === undefined || active.spanId === appending.spanId ? [] : [active];
  return { parent: remote(appending), links: toLinks(others) };
}
