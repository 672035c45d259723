import { defined } from './defined.js';
import type { Json } from './json.js';
import type { IdGenerator } from './ports.js';

/** What is known about an event beside the fact itself. Carried from command to event to the events it causes. */
export interface Metadata {
  /** The same for everything that one request set off, however far it goes. */
  readonly correlationId: string;
  /** What directly caused this: the id of an event, or of a command. */
  readonly causationId: string;
  /** Who asked for it. */
  readonly actor?: string;
  /** The span that appended it, as W3C Trace Context writes it, if there was one. */
  readonly traceparent?: string;
  /** What tracing systems add to `traceparent`. */
  readonly tracestate?: string;
  readonly [key: string]: Json | undefined;
}

/** The metadata of a command: what is left out is made up. */
export type CommandMetadata = Partial<Metadata>;

/**
 * Completes a command's metadata: without a correlation id, the command begins a correlation of its own.
 *
 * @param ids - Makes a causation id, where none was given.
 *
 * @example
 * ```ts
 * completeMetadata({ actor: 'ada' }, systemIds);
 * ```
 */
export function completeMetadata(given: CommandMetadata, ids: IdGenerator): Metadata {
  const causationId = given.causationId ?? ids();
  return { ...given, correlationId: given.correlationId ?? causationId, causationId };
}

/**
 * The metadata of what an event causes: same correlation and actor, caused by the event. It goes on with the event's
 * trace, until a span of its own is recorded over it.
 *
 * @example
 * ```ts
 * await stock.execute(sku, 'reserve', { units: 1 }, { metadata: causedBy(orderPlaced) });
 * ```
 */
export function causedBy(event: { readonly id: string; readonly metadata: Metadata }): Metadata {
  const { correlationId, actor, traceparent, tracestate } = event.metadata;
  return defined({ correlationId, causationId: event.id, actor, traceparent, tracestate });
}
