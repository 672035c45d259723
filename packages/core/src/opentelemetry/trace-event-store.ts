import type { EventStore, StreamStore } from '../event-store.js';
import { defaultTracer, type TraceOptions } from './in-span.js';
import { tracedReads, tracedTools } from './traced-reads.js';
import { tracedWrites } from './traced-writes.js';

/**
 * Wraps an event store, so that each operation is a span: `append order`, `load order` and so on. A scan has a span for
 * each page. A read has one from the first commit asked for to the last, with what its reader does in between.
 *
 * What is appended gets the W3C `traceparent` of the appending span into its metadata, and the `tracestate` if there is
 * one: `continueTrace` goes on from there. The appending span is a child of the active one, and links to the `traceparent`
 * that the metadata came with if that is of another trace. Without an active span, it is a child of that `traceparent`.
 *
 * In a bundle of a function that nothing traces it is the store itself: so hand it on as it is, and do not spread it.
 *
 * Costs no request, and 72 bytes of each commit, more with a `tracestate`. Without a registered OpenTelemetry SDK nothing is
 * recorded, and metadata stays as it is.
 *
 * @param store - Any store. What it throws is recorded with a status and `everfold.error.code`, and thrown on.
 * @param options - The tracer, if not that of the registered provider.
 * @returns A store that keeps the contract as `store` does.
 *
 * @example
 * ```ts
 * import { traceEventStore } from '@everfold/core/opentelemetry';
 *
 * const orders = createRepository(order, { store: traceEventStore(store) });
 * const { events } = await orders.execute('7', 'place', { amountCents: 1250 });
 * console.log(events[0]?.metadata.traceparent); // '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
 * ```
 */
export function traceEventStore(store: EventStore, { tracer = defaultTracer() }: TraceOptions = {}): EventStore {
  return { ...tracedWrites(store, tracer), ...tracedReads(store, tracer), ...tracedTools(store, tracer) };
}

/**
 * Wraps the part of a store that commands and sagas need, as `traceEventStore` wraps a whole one.
 *
 * @param store - Any such part. What it throws is recorded, and thrown on.
 * @param options - The tracer, if not that of the registered provider.
 *
 * @example
 * ```ts
 * import { traceStreamStore } from '@everfold/core/opentelemetry';
 *
 * const orders = createRepository(order, { store: traceStreamStore(store) });
 * ```
 */
export function traceStreamStore(store: StreamStore, { tracer = defaultTracer() }: TraceOptions = {}): StreamStore {
  return { ...tracedWrites(store, tracer), ...tracedReads(store, tracer) };
}
