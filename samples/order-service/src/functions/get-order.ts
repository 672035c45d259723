import { createReader } from '@everfold/projections';
import { callerOf, seenBy } from '../http/caller.js';
import { json, route } from '../http/respond.js';
import { orderView } from '../read-models/order-view.js';
import { readModels } from '../services/read-models.js';

const orders = createReader(orderView, readModels());

/** `GET /orders/{id}`: 404 until the projection has come to a new order, a second or two after it was placed. */
export const handler = route(async (request) => {
  const orderId = request.pathParameters?.id ?? '';
  return json(200, seenBy(callerOf(request), orderId, await orders.get(orderId)));
});
