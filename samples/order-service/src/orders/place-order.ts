import * as z from 'zod';
import { Line } from '../events.js';
import { OrderId } from './order-id.js';

/** The body of `POST /orders`. Whose order it is stands in the caller's token. */
export const PlaceOrder = z
  .strictObject({
    /** Chosen by the client, or made up. */
    orderId: OrderId.optional(),
    lines: z
      .array(z.strictObject(Line.shape))
      .min(1)
      .max(50)
      .refine(
        (lines) => new Set(lines.map(({ productId }) => productId)).size === lines.length,
        'must name each product once',
      ),
    amountCents: z.int().nonnegative(),
    paymentToken: z.string().min(1).max(200).default('tok_ok'),
    postcode: z.string().min(1).max(20),
    /** For orders that were taken elsewhere. Default: now. */
    placedAt: z.iso.datetime().optional(),
    /** Whether the lines that are in stock may be sent, and paid, without the others. Each line then has an `amountCents`. */
    acceptPartial: z.boolean().optional(),
  })
  .refine(({ acceptPartial, lines, amountCents }) => !acceptPartial || sumOf(lines) === amountCents, {
    path: ['amountCents'],
    error: 'must be the sum of the lines, each with its amountCents, where a part of them is accepted',
  });

function sumOf(lines: readonly Line[]): number | undefined {
  const amounts = lines.map((line) => line.amountCents ?? Number.NaN);
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

export type PlaceOrder = z.input<typeof PlaceOrder>;
