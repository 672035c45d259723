import { z } from 'zod';
import type { Line } from '../events.js';
import type { PlaceOrder } from '../orders/place-order.js';
import { DECLINED_TOKEN } from '../payments/payment-provider.js';
import { UNREACHABLE_POSTCODE } from '../shipments/carrier.js';

const cents = z.int().nonnegative();
const time = z.iso.datetime();

/** A line of an orders file: an order as another shop recorded it, with what became of it. */
export const RecordedOrder = z.object({
  orderId: z.string().min(1),
  customerId: z.string().min(1),
  placedAt: time,
  status: z.enum(['delivered', 'shipped', 'canceled', 'unavailable', 'invoiced', 'processing', 'created', 'approved']),
  approvedAt: time.nullable(),
  items: z.array(z.object({ productId: z.string().min(1), priceCents: cents, freightCents: cents })),
  payments: z.array(z.object({ type: z.string(), installments: z.int(), amountCents: cents })),
});
export type RecordedOrder = z.infer<typeof RecordedOrder>;

/** What an order without items stands for one unit of. */
const UNLISTED = 'unlisted';

/** What made the recorded order end as it did. */
type Fate = 'completed' | 'inventory' | 'payment' | 'shipping';

function fateOf({ status, approvedAt }: RecordedOrder): Fate {
  if (status === 'unavailable') return 'inventory';
  if (status !== 'canceled') return 'completed';
  return approvedAt === null ? 'payment' : 'shipping';
}

/**
 * The recorded order as a customer would place it here, so that it meets the same fate: an unavailable one asks for a lot
 * that was never received, one cancelled before its payment was approved pays with a card that is declined, and one
 * cancelled later goes where the carrier does not.
 */
export function toPlaceOrder(recorded: RecordedOrder): PlaceOrder {
  const { orderId, placedAt, payments } = recorded;
  const fate = fateOf(recorded);
  return {
    orderId,
    placedAt,
    lines: linesOf(recorded).map((line) =>
      fate === 'inventory' ? { ...line, productId: `${line.productId}.never-received` } : line,
    ),
    amountCents: payments.reduce((sum, { amountCents }) => sum + amountCents, 0),
    paymentToken: fate === 'payment' ? DECLINED_TOKEN : 'tok_ok',
    postcode: fate === 'shipping' ? UNREACHABLE_POSTCODE : 'anywhere',
  };
}

/** What must be in stock for the order, if it is to get that far. */
export function demandOf(recorded: RecordedOrder): readonly Line[] {
  return fateOf(recorded) === 'inventory' ? [] : linesOf(recorded);
}

function linesOf({ items }: RecordedOrder): readonly Line[] {
  const products = items.length === 0 ? [UNLISTED] : items.map(({ productId }) => productId);
  return [...new Set(products)].map((productId) => ({
    productId,
    units: products.filter((each) => each === productId).length,
  }));
}
