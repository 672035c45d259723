import * as z from 'zod';

/** The body of `POST /orders/{id}/cancellation`. */
export const CancelOrder = z.strictObject({
  reason: z.string().min(1).max(200).default('the customer changed their mind'),
});
