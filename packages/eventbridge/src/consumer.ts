import {
  causedBy,
  type EventSchemas,
  type EventStore,
  type Metadata,
  type RecordedEvent,
  type RecordedEventOf,
  type StreamStore,
  type TransactionPart,
} from '@everfold/core';
import type { EventBridgeEvent } from 'aws-lambda';
import { type DeliveryOptions, fromDelivery } from './envelope.js';
import type { Logger } from './logger.js';
import { type Decisions, type Once, type Remember, toOnce } from './remember.js';

/** A Lambda handler for a rule on the bus. */
export type BusHandler = (delivery: EventBridgeEvent<string, unknown>) => Promise<void>;

/** What a function that handles an event is told beside it. */
export interface BusContext {
  /** For what it does next: the same correlation, actor and trace, caused by this event. */
  readonly metadata: Metadata;
}

/** A function that handles an event of those that are defined. */
export type HandleEvent<TSchemas extends EventSchemas, TResult = void> = (
  event: RecordedEventOf<TSchemas>,
  context: BusContext,
) => Promise<TResult>;

/** How events are handled. All of it has defaults. */
export interface BusHandlerOptions extends DeliveryOptions {
  /** Is told of every event that was not handled, before the error is thrown on. Default: only Lambda hears of it. */
  readonly logger?: Logger;
}

/** The same, with a memory. */
export interface RememberingOptions<TStore extends StreamStore = StreamStore> extends BusHandlerOptions {
  /** Where duplicates are told by: the event's id. */
  readonly remember: Remember<TStore>;
}

/**
 * Makes the Lambda handler of a rule: typed by the event definitions, its data upcast by them and checked against them.
 *
 * EventBridge delivers at least once and in no order, so `handle` must bear both. What it throws makes Lambda try again.
 * An event that is upcast to several is handled part by part; each has an id of its own.
 *
 * With `remember`, what was handled is not handled again, however much later it comes, and `handle` may return decisions,
 * which are recorded together with the memory. What acts in the store only happens exactly once; what acts outside happens at
 * least once: duplicates that come one after the other are dropped, two at the same moment, or one after a crash between
 * the effect and its memory, are not. `handle` is called anew when a decision finds somebody else first.
 *
 * Costs nothing of its own. With `remember` and the effect `outside`: one Query of one read unit, and the write of the
 * memory, one PutItem of one write unit; a duplicate only the Query. With the effect `store`: only the write, one
 * TransactWriteItems of two write units for the memory and what the decisions cost; a duplicate fails it. What is thrown costs
 * one Query more, to see whether it was a duplicate.
 *
 * @param events - Definitions of the events that the rule lets through.
 * @throws InvalidArgumentError when `remember` is not right.
 *
 * @example
 * ```ts
 * export const handler = createBusHandler({ OrderPlaced }, async (event, { metadata }) => {
 *   await stock.execute(event.data.orderId, 'reserve', { units: 1 }, { metadata });
 * });
 * ```
 *
 * @example
 * ```ts
 * export const handler = createBusHandler(
 *   { OrderPlaced },
 *   async (event) => [await stock.decide(event.data.orderId, 'reserve', { units: 1 })],
 *   { remember: { store, consumer: 'stock', effect: 'store' } },
 * );
 * ```
 */
export function createBusHandler<TSchemas extends EventSchemas>(
  events: TSchemas,
  handle: HandleEvent<TSchemas>,
  options?: BusHandlerOptions,
): BusHandler;
export function createBusHandler<TSchemas extends EventSchemas>(
  events: TSchemas,
  handle: HandleEvent<TSchemas, Decisions | undefined> | HandleEvent<TSchemas>,
  options: RememberingOptions,
): BusHandler;
export function createBusHandler<TSchemas extends EventSchemas>(
  events: TSchemas,
  handle: HandleEvent<TSchemas, Decisions<TransactionPart> | undefined> | HandleEvent<TSchemas>,
  options: RememberingOptions<EventStore>,
): BusHandler;
export function createBusHandler<TSchemas extends EventSchemas>(
  events: TSchemas,
  handle: HandleEvent<TSchemas, Decisions<TransactionPart> | undefined> | HandleEvent<TSchemas>,
  options: BusHandlerOptions & Partial<RememberingOptions> = {},
): BusHandler {
  const once: Once = options.remember ? toOnce(options.remember) : async (_event, act) => void (await act());
  return async (delivery) => {
    try {
      for (const event of await fromDelivery(events, delivery, options)) {
        await once(event, () => handle(event, { metadata: causedBy(event) }));
      }
    } catch (error) {
      options.logger?.error(...failureOf(delivery, error));
      throw error;
    }
  };
}

/** What the log says of a delivery that was not handled. Nothing of it is checked yet. */
function failureOf(
  delivery: EventBridgeEvent<string, unknown>,
  error: unknown,
): [message: string, extra: Record<string, unknown>] {
  const detail = (typeof delivery.detail === 'object' && delivery.detail) || {};
  const { id: eventId, stream, version, metadata } = detail as Partial<RecordedEvent>;
  const type = delivery['detail-type'];
  const message = `Event "${type}" (${eventId}) was not handled: ${error instanceof Error ? error.message : String(error)}`;
  return [message, { type, eventId, stream, version, correlationId: metadata?.correlationId, error }];
}
