import { startMetadata } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { json, parseBody, route } from '../http/respond.js';
import { PlaceOrder } from '../orders/place-order.js';
import { services } from '../services.js';

const { orders, ids, clock } = services();

/** `POST /orders`: the same order again gets the same answer, and is placed once. */
export const handler = route(async (request) => {
  const { orderId = ids(), ...asked } = parseBody(PlaceOrder, request);
  const now = new Date(clock.now()).toISOString();
  const correlationId = request.headers['x-correlation-id'] ?? request.requestContext.requestId;

  const { version } = await orders.execute(
    orderId,
    'place',
    { orderId, now, ...asked },
    {
      metadata: {
        correlationId,
        causationId: request.requestContext.requestId,
        actor: `customer:${asked.customerId}`,
        // The order is fulfilled under this version to its end, whatever is deployed meanwhile.
        ...startMetadata(fulfilment),
      },
    },
  );
  return json(202, { orderId, version, status: 'placed' }, { location: `/orders/${orderId}` });
});
