import * as z from 'zod';
import { STATUSES } from './order-status.js';

/** The query of `GET /orders`. */
export const ListOrders = z.strictObject({
  status: z.enum(STATUSES),
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
  cursor: z.string().optional(),
});
