import { createReader } from '@everfold/projections';
import { HttpError, json, route } from '../http/respond.js';
import { orderView } from '../read-models/order-view.js';
import { services } from '../services.js';

const orders = createReader(orderView, services().readModels);

/** `GET /orders/{id}` */
export const handler = route(async ({ pathParameters }) => {
  const orderId = pathParameters?.id ?? '';
  const view = await orders.get(orderId);
  if (view === undefined)
    throw new HttpError(404, { code: 'ORDER_NOT_FOUND', message: `There is no order "${orderId}".` });
  return json(200, view);
});
