import { actorOf, callerOf, seenBy } from '../http/caller.js';
import { entityTag, ifMatch } from '../http/entity-tag.js';
import { json, parseBody, route } from '../http/respond.js';
import { correlationIdOf } from '../observe/correlation-id.js';
import { CancelOrder } from '../orders/cancel-order.js';
import { orderIdOf } from '../orders/order-id.js';
import { orders } from '../services/orders.js';

const placed = orders();

/** `POST /orders/{id}/cancellation`: asks for it, where `If-Match` allows. What became of it can be seen in the order's status. */
export const handler = route(async (request) => {
  const orderId = orderIdOf(request);
  const caller = callerOf(request);
  const { reason } = parseBody(CancelOrder, request);
  const { requestId } = request.requestContext;

  const asked = { orderId, reason, customerId: caller.isStaff ? undefined : caller.id };
  const metadata = { correlationId: correlationIdOf(request), causationId: requestId, actor: actorOf(caller) };
  const { version } = await ifMatch(
    request,
    (condition) => placed.execute(orderId, 'cancel', asked, { metadata, ...condition }),
    async () => seenBy(caller, orderId, (await placed.load(orderId)).state.order),
  );
  const answer = { orderId, version, status: 'cancellation requested' };
  return json(202, answer, { location: `/orders/${orderId}`, etag: entityTag(version) });
});
