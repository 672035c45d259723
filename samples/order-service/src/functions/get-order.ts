import { createReader } from '@everfold/projections';
import { HttpError, json, route } from '../http/respond.js';
import { orderView } from '../read-models/order-view.js';
import { readModels } from '../services/read-models.js';

const orders = createReader(orderView, readModels());

/** `GET /orders/{id}` */
export const handler = route(async ({ pathParameters }) => {
  const orderId = pathParameters?.id ?? '';
  const view = await orders.get(orderId);
  if (view === undefined)
    throw new HttpError(404, { code: 'ORDER_NOT_FOUND', message: `There is no order "${orderId}".` });
  return json(200, view);
});
