import { startMetadata } from '@everfold/saga';
import { FULFILMENT } from '../fulfilment-version.js';
import { actorOf, callerOf } from '../http/caller.js';
import { entityTag } from '../http/entity-tag.js';
import { idempotencyKeyOf, idOfKey, underKey } from '../http/idempotency-key.js';
import { invalid, json, parseBody, route } from '../http/respond.js';
import { correlationIdOf } from '../observe/correlation-id.js';
import { PLACED_VERSION } from '../orders/order.js';
import { PlaceOrder } from '../orders/place-order.js';
import { clock } from '../services/clock.js';
import { ids } from '../services/ids.js';
import { orders } from '../services/orders.js';

const placed = orders();
const newId = ids();
const time = clock();

/**
 * `POST /orders`: who calls is the customer. The same order again gets the same answer, and is placed once. It is the same under its
 * own id, or under the `Idempotency-Key` from which its id follows: the order's stream remembers what was asked, so nothing else has to.
 */
export const handler = route(async (request) => {
  const caller = callerOf(request);
  const key = idempotencyKeyOf(request);
  const { orderId: chosen, ...asked } = parseBody(PlaceOrder, request);
  if (key !== undefined && chosen !== undefined)
    throw invalid('An Idempotency-Key and an orderId both say which order it is. Send one of them.');
  const orderId = key === undefined ? (chosen ?? newId()) : idOfKey(caller.id, key);
  const now = new Date(time.now()).toISOString();

  const metadata = {
    correlationId: correlationIdOf(request),
    causationId: request.requestContext.requestId,
    actor: actorOf(caller),
    // The order is fulfilled under this version to its end, whatever is deployed meanwhile.
    ...startMetadata(FULFILMENT),
  };
  await underKey(key, 'ORDER_ALREADY_PLACED', () =>
    placed.execute(orderId, 'place', { orderId, now, customerId: caller.id, ...asked }, { metadata }),
  );
  // The first answer, also when the order has gone on since.
  const first = { orderId, version: PLACED_VERSION, status: 'placed' };
  return json(202, first, { location: `/orders/${orderId}`, etag: entityTag(PLACED_VERSION) });
});
