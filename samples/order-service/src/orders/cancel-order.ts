import * as z from 'zod/mini';

/** The body of `POST /orders/{id}/cancellation`. */
export const CancelOrder = z.strictObject({
  reason: z._default(z.string().check(z.minLength(1), z.maxLength(200)), 'the customer changed their mind'),
});
