import { defineEvents } from '@everfold/core';
import * as z from 'zod/mini';
import { filled, Line, Order, orderEvents, reason } from './events.js';

/* What is said about an order after it was placed. Here, so that who takes orders does not load all of it. */

export const inventoryEvents = defineEvents({
  /** `order` is what can be fulfilled: all of it, or the lines that are in stock where the customer accepts that. */
  InventoryReserved: z.object({ orderId: filled, order: Order, missing: z.optional(z.array(Line)) }),
  InventoryRejected: z.object({ orderId: filled, reason }),
  InventoryReleased: z.object({ orderId: filled, units: z.int(), reason }),
  InventoryIssued: z.object({ orderId: filled, units: z.int(), order: Order }),
});

const approvalEvents = defineEvents({
  OrderApproved: z.object({ orderId: filled, by: filled }),
  ApprovalRefused: z.object({ orderId: filled, reason }),
});

export const paymentEvents = defineEvents({
  PaymentCaptured: z.object({ orderId: filled, amountCents: z.int(), order: Order }),
  PaymentDeclined: z.object({ orderId: filled, reason }),
  PaymentRefunded: z.object({ orderId: filled, amountCents: z.int(), reason }),
});

export const shipmentEvents = defineEvents({
  ShipmentDispatched: z.object({ orderId: filled, trackingNumber: z.string(), order: Order }),
  ShippingFailed: z.object({ orderId: filled, reason }),
});

export const outcomeEvents = defineEvents({
  OrderCompleted: z.object({ orderId: filled, order: Order }),
  OrderCancelled: z.object({ orderId: filled, reason }),
});

/** Everything that is said about an order, by whoever says it. */
export const fulfilmentEvents = {
  ...orderEvents,
  ...inventoryEvents,
  ...approvalEvents,
  ...paymentEvents,
  ...shipmentEvents,
  ...outcomeEvents,
};
