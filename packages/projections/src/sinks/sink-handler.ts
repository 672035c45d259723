import { type EventSchemas, InvalidArgumentError } from '@everfold/core';
import { createStreamConsumer, type StreamHandler } from '@everfold/dynamodb-store';
import { besideRows, type ProjectingOptions, projectorKeeping } from '../apply/projector.js';
import type { ProjectionListeners } from '../handler.js';
import { listened } from '../lag.js';
import type { Sink } from './sink.js';
import { projectionOf, storeOf } from './sink-store.js';

/** What the handler of a sink works with. All but the first four have defaults. */
export interface SinkHandlerOptions<TSchemas extends EventSchemas>
  extends Pick<ProjectingOptions<object>, 'eventStore' | 'clock' | 'random' | 'attempts' | 'backoff' | 'remembered'>,
    ProjectionListeners {
  /** What errors and measurements call it. */
  readonly name: string;
  readonly sink: Sink<TSchemas>;
  /** Definitions of the events that the sink is given; others are left out. */
  readonly events: TSchemas;
}

/**
 * Makes the Lambda handler that writes events to a sink: each stream's in version order, upcast and decoded, duplicates
 * dropped, gaps read from the event store, a stream that fails held back while the others go on. With the promises of the
 * {@link Sink}, each event takes effect exactly once. The event source mapping needs `ReportBatchItemFailures`.
 *
 * A batch is written by one `write` for 100 streams and events, or 4 MB of them; a process that has not seen a stream yet
 * asks for its position, in one call for all. A gap costs one Query of the event table.
 *
 * @throws InvalidArgumentError when it has no name, or a number is out of range.
 *
 * @example
 * ```ts
 * export const handler = sinkHandler({ name: 'warehouse', sink, events: orderEvents, eventStore });
 * ```
 */
export function sinkHandler<TSchemas extends EventSchemas>({
  name,
  sink,
  events,
  onFailure,
  onApplied,
  ...options
}: SinkHandlerOptions<TSchemas>): StreamHandler {
  if (name === '') throw new InvalidArgumentError('A sink needs a name. Give one that its errors are to be known by.');
  const projection = projectionOf(name, events);
  const handle = projectorKeeping({ ...options, projection }, besideRows(storeOf(sink, events)));
  return createStreamConsumer({
    handle: listened(handle, { projection: name, onApplied, clock: options.clock }),
    ...(onFailure === undefined ? {} : { onFailure }),
  });
}
