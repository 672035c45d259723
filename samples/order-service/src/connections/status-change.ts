import { fulfilmentEvents } from '../fulfilment-events.js';
import { type OrderStatus, progressOf, STATUS_AFTER } from '../orders/order-status.js';

/** What a customer is told when the status of an order changes. */
export interface StatusChange {
  readonly type: 'OrderStatusChanged';
  readonly orderId: string;
  readonly status: OrderStatus;
  /** How far that is: what comes with a number that is not greater than the one before is old, and to be dropped. */
  readonly progress: number;
  /** When it happened: ISO 8601. */
  readonly at: string;
}

const {
  InventoryReleased: _released,
  InventoryIssued: _issued,
  PaymentRefunded: _refunded,
  ...changing
} = fulfilmentEvents;

/** The events that change the status of an order: all but those that change what is held and paid. */
export const statusEvents = changing satisfies Readonly<Record<keyof typeof STATUS_AFTER, unknown>>;

/** What an event makes of an order. */
export function toStatusChange(event: {
  readonly type: keyof typeof statusEvents;
  readonly at: string;
  readonly data: { readonly orderId: string };
}): StatusChange {
  const status = STATUS_AFTER[event.type];
  return {
    type: 'OrderStatusChanged',
    orderId: event.data.orderId,
    status,
    progress: progressOf(status),
    at: event.at,
  };
}
