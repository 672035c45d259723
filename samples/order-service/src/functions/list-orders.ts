import { isEverfoldError } from '@everfold/core';
import { createReader } from '@everfold/projections';
import { check, invalid, json, route } from '../http/respond.js';
import { ListOrders } from '../orders/list-orders.js';
import { orderRows } from '../read-models/order-rows.js';
import { readModels } from '../services/read-models.js';

const orders = createReader(orderRows, readModels());

/** `GET /orders?status=`: newest first. */
export const handler = route(async ({ queryStringParameters }) => {
  const { status, limit, cursor } = check(ListOrders, queryStringParameters ?? {}, 'query');
  const asked = { group: status, descending: true, limit, ...(cursor === undefined ? {} : { cursor }) };
  const page = await orders.list(asked).catch((error: unknown) => {
    // All else was checked: what is left to be wrong is the cursor.
    if (!isEverfoldError(error, 'INVALID_ARGUMENT')) throw error;
    throw invalid('The query is not valid.', [{ path: 'cursor', reason: error.message }]);
  });
  return json(200, { orders: page.rows.map(({ row }) => row), cursor: page.cursor });
});
