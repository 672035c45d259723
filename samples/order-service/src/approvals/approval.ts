import * as z from 'zod/mini';

/** The body of `POST /orders/{id}/approval`. */
export const Approve = z.discriminatedUnion('approved', [
  z.strictObject({ approved: z.literal(true), by: z.string().check(z.minLength(1), z.maxLength(64)) }),
  z.strictObject({
    approved: z.literal(false),
    by: z.string().check(z.minLength(1), z.maxLength(64)),
    reason: z.string().check(z.minLength(1), z.maxLength(200)),
  }),
]);
