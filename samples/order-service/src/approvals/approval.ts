import * as z from 'zod';

/** The body of `POST /orders/{id}/approval`. */
export const Approve = z.discriminatedUnion('approved', [
  z.strictObject({ approved: z.literal(true), by: z.string().min(1).max(64) }),
  z.strictObject({ approved: z.literal(false), by: z.string().min(1).max(64), reason: z.string().min(1).max(200) }),
]);
