/** How far an order can have come, from the beginning to either end. */
export const STATUSES = [
  'placed',
  'reserved',
  'approved',
  'paid',
  'shipped',
  'cancelling',
  'completed',
  'cancelled',
] as const;
export type OrderStatus = (typeof STATUSES)[number];

/** Where an order is once something has happened to it, unless something further has. */
export const STATUS_AFTER = {
  OrderPlaced: 'placed',
  InventoryReserved: 'reserved',
  OrderApproved: 'approved',
  PaymentCaptured: 'paid',
  ShipmentDispatched: 'shipped',
  CancellationRequested: 'cancelling',
  ApprovalRefused: 'cancelling',
  PaymentDeclined: 'cancelling',
  ShippingFailed: 'cancelling',
  InventoryRejected: 'cancelling',
  OrderCompleted: 'completed',
  OrderCancelled: 'cancelled',
} as const satisfies Readonly<Record<string, OrderStatus>>;

/**
 * How far a status is, from 1. An order is where the furthest of its events has brought it, in whatever order they are heard of: whoever
 * hears of them keeps the status with the greatest number.
 */
export function progressOf(status: OrderStatus): number {
  return STATUSES.indexOf(status) + 1;
}

/** Where an order is to which all this has happened, in any order. */
export function statusAfter(types: Iterable<string>): OrderStatus {
  let furthest: OrderStatus = 'placed';
  for (const type of types) {
    const status = changesStatus(type) ? STATUS_AFTER[type] : 'placed';
    if (progressOf(status) > progressOf(furthest)) furthest = status;
  }
  return furthest;
}

function changesStatus(type: string): type is keyof typeof STATUS_AFTER {
  return Object.hasOwn(STATUS_AFTER, type);
}
