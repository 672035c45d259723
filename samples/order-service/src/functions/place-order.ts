import { startMetadata } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { actorOf, callerOf } from '../http/caller.js';
import { json, parseBody, route } from '../http/respond.js';
import { PlaceOrder } from '../orders/place-order.js';
import { clock } from '../services/clock.js';
import { ids } from '../services/ids.js';
import { orders } from '../services/orders.js';

const placed = orders();
const newId = ids();
const time = clock();

/** `POST /orders`: who calls is the customer. The same order again gets the same answer, and is placed once. */
export const handler = route(async (request) => {
  const caller = callerOf(request);
  const { orderId = newId(), ...asked } = parseBody(PlaceOrder, request);
  const now = new Date(time.now()).toISOString();
  const correlationId = request.headers['x-correlation-id'] ?? request.requestContext.requestId;

  const { version } = await placed.execute(
    orderId,
    'place',
    { orderId, now, customerId: caller.id, ...asked },
    {
      metadata: {
        correlationId,
        causationId: request.requestContext.requestId,
        actor: actorOf(caller),
        // The order is fulfilled under this version to its end, whatever is deployed meanwhile.
        ...startMetadata(fulfilment),
      },
    },
  );
  return json(202, { orderId, version, status: 'placed' }, { location: `/orders/${orderId}` });
});
