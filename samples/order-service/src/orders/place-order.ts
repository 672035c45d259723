import * as z from 'zod/mini';
import { Line } from '../events.js';
import { OrderId } from './order-id.js';

/** The body of `POST /orders`. Whose order it is stands in the caller's token. */
export const PlaceOrder = z
  .strictObject({
    /** Chosen by the client, or made up. */
    orderId: z.optional(OrderId),
    lines: z.array(z.strictObject(Line.shape)).check(
      z.minLength(1),
      z.maxLength(50),
      z.refine(
        (lines) => new Set(lines.map(({ productId }) => productId)).size === lines.length,
        'must name each product once',
      ),
    ),
    amountCents: z.int().check(z.nonnegative()),
    paymentToken: z._default(z.string().check(z.minLength(1), z.maxLength(200)), 'tok_ok'),
    postcode: z.string().check(z.minLength(1), z.maxLength(20)),
    /** For orders that were taken elsewhere. Default: now. */
    placedAt: z.optional(z.iso.datetime()),
    /** Whether the lines that are in stock may be sent, and paid, without the others. Each line then has an `amountCents`. */
    acceptPartial: z.optional(z.boolean()),
  })
  .check(
    z.refine(({ acceptPartial, lines, amountCents }) => !acceptPartial || sumOf(lines) === amountCents, {
      path: ['amountCents'],
      error: 'must be the sum of the lines, each with its amountCents, where a part of them is accepted',
    }),
  );

function sumOf(lines: readonly Line[]): number | undefined {
  const amounts = lines.map((line) => line.amountCents ?? Number.NaN);
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

export type PlaceOrder = z.input<typeof PlaceOrder>;
