import { json, parseBody, route } from '../http/respond.js';
import { PlaceOrder } from '../orders/place-order.js';
import { services } from '../services.js';

const { orders, ids, clock } = services();

/** `POST /orders` */
export const handler = route(async (request) => {
  const { orderId = ids(), placedAt = new Date(clock.now()).toISOString(), ...asked } = parseBody(PlaceOrder, request);
  const correlationId = request.headers['x-correlation-id'] ?? request.requestContext.requestId;

  const { version } = await orders.execute(
    orderId,
    'place',
    { orderId, placedAt, ...asked },
    {
      metadata: { correlationId, causationId: request.requestContext.requestId, actor: `customer:${asked.customerId}` },
    },
  );
  return json(202, { orderId, version, status: 'placed' }, { location: `/orders/${orderId}` });
});
