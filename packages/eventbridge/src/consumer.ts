import type { EventSchemas, RecordedEventOf } from '@everfold/core';
import type { EventBridgeEvent } from 'aws-lambda';
import { fromDelivery } from './envelope.js';

/** A Lambda handler for a rule on the bus. */
export type BusHandler = (delivery: EventBridgeEvent<string, unknown>) => Promise<void>;

/**
 * Makes the Lambda handler of a rule: typed by the event definitions, its data upcast by them and checked against them.
 *
 * EventBridge delivers at least once and in no order, so `handle` must bear both. What it throws makes Lambda try again.
 * An event that is upcast to several is handled part by part; each has an id of its own.
 *
 * @param events - Definitions of the events that the rule lets through.
 *
 * @example
 * ```ts
 * export const handler = createBusHandler({ OrderPlaced }, async (event) => {
 *   console.log(event.data.orderId, event.metadata.correlationId);
 * });
 * ```
 */
export function createBusHandler<TSchemas extends EventSchemas>(
  events: TSchemas,
  handle: (event: RecordedEventOf<TSchemas>) => Promise<void>,
): BusHandler {
  return async (delivery) => {
    for (const event of await fromDelivery(events, delivery)) await handle(event);
  };
}
