import { defineEvents } from '@everfold/core';
import { en } from 'zod/locales';
import * as z from 'zod/mini';

/*
 * By the small form of zod: events are checked in every function, and the large one takes as long to load as a fifth of the SDK. It
 * has no words of its own for what is wrong.
 */
z.config(en());

/** The source under which the service publishes its events: rules on the bus match it. */
export const SOURCE = 'everfold.order-service';

/** One schema for all: each is made anew at import. */
export const filled = z.string().check(z.minLength(1));

/** What an order wants of one product. */
export const Line = z.object({
  productId: z.string().check(z.minLength(1), z.maxLength(200)),
  units: z.int().check(z.positive()),
  /** What the customer pays for the line, where the order says so. */
  amountCents: z.optional(z.int().check(z.nonnegative())),
});
export type Line = z.infer<typeof Line>;

/** The order as its customer placed it. Events carry it on, so that no participant has to ask another for it. */
export const Order = z.object({
  customerId: filled,
  /** ISO 8601. */
  placedAt: z.iso.datetime(),
  lines: z.array(Line).check(z.minLength(1)),
  /** What the customer pays for all of it. */
  amountCents: z.int().check(z.nonnegative()),
  /** Stands for the customer's means of payment at the payment provider. */
  paymentToken: filled,
  postcode: filled,
  /** Whether the lines that are in stock may be sent without the others. */
  acceptPartial: z.optional(z.boolean()),
});
export type Order = z.infer<typeof Order>;

export const reason = z.string();

export const orderEvents = defineEvents({
  OrderPlaced: z.object({ orderId: filled, order: Order }),
  /** By the customer. Comes it too late, the order goes on to its end. */
  CancellationRequested: z.object({ orderId: filled, reason }),
});

/** Units of an order, over all its lines. */
export function unitsOf({ lines }: Pick<Order, 'lines'>): number {
  return lines.reduce((sum, line) => sum + line.units, 0);
}
