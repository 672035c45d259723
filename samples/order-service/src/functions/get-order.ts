import { createReader } from '@everfold/projections';
import { callerOf, seenBy } from '../http/caller.js';
import { jsonWithTag } from '../http/entity-tag.js';
import { route } from '../http/respond.js';
import { orderIdOf } from '../orders/order-id.js';
import { orderRows } from '../read-models/order-rows.js';
import { readModels } from '../services/read-models.js';

const orders = createReader(orderRows, readModels());

/**
 * `GET /orders/{id}`: 304 when the client has it already, and 404 until the projection has come to a new order, a second or two
 * after it was placed.
 */
export const handler = route(async (request) => {
  const orderId = orderIdOf(request);
  const view = seenBy(callerOf(request), orderId, await orders.get(orderId));
  return jsonWithTag(request, view.version, view);
});
