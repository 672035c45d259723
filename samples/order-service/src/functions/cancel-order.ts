import { actorOf, callerOf } from '../http/caller.js';
import { json, parseBody, route } from '../http/respond.js';
import { CancelOrder } from '../orders/cancel-order.js';
import { orders } from '../services/orders.js';

const placed = orders();

/** `POST /orders/{id}/cancellation`: asks for it. What became of it can be seen in the order's status. */
export const handler = route(async (request) => {
  const orderId = request.pathParameters?.id ?? '';
  const caller = callerOf(request);
  const { reason } = parseBody(CancelOrder, request);
  const { requestId } = request.requestContext;
  const correlationId = request.headers['x-correlation-id'] ?? requestId;

  const { version } = await placed.execute(
    orderId,
    'cancel',
    { orderId, reason, customerId: caller.isStaff ? undefined : caller.id },
    { metadata: { correlationId, causationId: requestId, actor: actorOf(caller) } },
  );
  return json(202, { orderId, version, status: 'cancellation requested' }, { location: `/orders/${orderId}` });
});
