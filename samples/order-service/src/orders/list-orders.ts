import * as z from 'zod/mini';
import { STATUSES } from './order-status.js';

/** The query of `GET /orders`. */
export const ListOrders = z.strictObject({
  status: z.enum(STATUSES),
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(1_000)), 50),
  cursor: z.optional(z.string()),
});
