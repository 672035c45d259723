import { createReader } from '@everfold/projections';
import * as z from 'zod';
import { check, json, route } from '../http/respond.js';
import { orderView, STATUSES } from '../read-models/order-view.js';
import { readModels } from '../services/read-models.js';

const orders = createReader(orderView, readModels());

const ListOrders = z.object({
  status: z.enum(STATUSES),
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
  cursor: z.string().optional(),
});

/** `GET /orders?status=`: newest first. */
export const handler = route(async ({ queryStringParameters }) => {
  const { status, limit, cursor } = check(ListOrders, queryStringParameters ?? {}, 'query');
  const page = await orders.list({
    group: status,
    descending: true,
    limit,
    ...(cursor === undefined ? {} : { cursor }),
  });
  return json(200, { orders: page.rows.map(({ row }) => row), cursor: page.cursor });
});
