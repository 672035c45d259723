import * as z from 'zod';
import { OrderId } from '../orders/order-id.js';
import { STATUSES } from '../orders/order-status.js';
import type { OrderView } from '../read-models/order-view.js';

/* What the API answers, for its document and the tests that hold the functions to it: none of it is in their bundles. */

const time = z.iso.datetime();

/** Of `POST /orders` and of what is asked of an order later. */
export const Accepted = z.strictObject({
  orderId: OrderId,
  version: z.int().positive(),
  status: z.enum(['placed', 'cancellation requested']),
});

export const Decided = z.strictObject({ orderId: OrderId, status: z.enum(['approved', 'refused']) });

export const OrderAnswer = z.strictObject({
  orderId: OrderId,
  version: z.int().nonnegative(),
  status: z.enum(STATUSES),
  failedAt: z.exactOptional(z.enum(['inventory', 'approval', 'payment', 'shipping', 'customer'])),
  customerId: z.exactOptional(z.string()),
  placedAt: z.exactOptional(time),
  units: z.exactOptional(z.int()),
  amountCents: z.exactOptional(z.int()),
  trackingNumber: z.exactOptional(z.string()),
  approvedBy: z.exactOptional(z.string()),
  paidCents: z.int(),
  heldUnits: z.int(),
  timeline: z.array(
    z.strictObject({ id: z.string(), at: time, type: z.string(), note: z.exactOptional(z.string()) }).readonly(),
  ),
}) satisfies z.ZodType<OrderView>;

export const OrderPage = z.strictObject({ orders: z.array(OrderAnswer), cursor: z.exactOptional(z.string()) });

const Step = z.strictObject({
  name: z.string(),
  by: z.string(),
  status: z.enum(['empty', 'started', 'fenced', 'ok', 'failed', 'undone', 'tombstone']),
  since: z.exactOptional(time),
  deadline: z.exactOptional(time),
  due: z.exactOptional(time),
  failure: z.exactOptional(z.string()),
  asked: z.exactOptional(time),
  why: z.exactOptional(z.enum(['timeout', 'exhausted', 'compensation'])),
  attempts: z.exactOptional(z.looseObject({ failed: z.int(), next: time })),
  parked: z.exactOptional(z.looseObject({ reason: z.string(), since: time })),
});

export const Fulfilment = z.strictObject({
  orderId: OrderId,
  status: z.enum(['running', 'waiting', 'compensating', 'parked', 'completed', 'cancelled']),
  reason: z.exactOptional(z.string()),
  startedAt: z.exactOptional(time),
  lastAt: time,
  due: z.exactOptional(time),
  endedAt: z.exactOptional(time),
  steps: z.array(Step),
});

export const Revenue = z.strictObject({
  days: z.array(z.strictObject({ day: z.iso.date(), cents: z.int(), orders: z.int() })),
});

/** How the service says that something is wrong. */
export const Failure = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    problems: z.exactOptional(z.array(z.strictObject({ path: z.string(), reason: z.string() }))),
  }),
});

/** How API Gateway says it, of what it does not hand to a function. */
export const GatewayFailure = z.strictObject({ message: z.string() });
