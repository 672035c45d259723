import { createFactRecorder } from '@everfold/saga';
import { Approve } from '../approvals/approval.js';
import { fulfilment } from '../fulfilment.js';
import { refuseIfMatch } from '../http/entity-tag.js';
import { json, parseBody, route } from '../http/respond.js';
import { orderIdOf } from '../orders/order-id.js';
import { clock } from '../services/clock.js';
import { eventStore } from '../services/event-store.js';

const recordFact = createFactRecorder(fulfilment, 'approve', { store: eventStore(), clock: clock() });

/** `POST /orders/{id}/approval`: what somebody says of an order that waits for it. The same again is no error. */
export const handler = route(async (request) => {
  const orderId = orderIdOf(request);
  refuseIfMatch(request);
  const answer = parseBody(Approve, request);
  const metadata = { actor: `clerk:${answer.by}` };

  if (answer.approved) await recordFact({ type: 'OrderApproved', data: { orderId, by: answer.by } }, metadata);
  else await recordFact({ type: 'ApprovalRefused', data: { orderId, reason: answer.reason } }, metadata);
  return json(202, { orderId, status: answer.approved ? 'approved' : 'refused' }, { location: `/orders/${orderId}` });
});
