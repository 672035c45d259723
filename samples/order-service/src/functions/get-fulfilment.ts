import { createReader } from '@everfold/projections';
import { createSagaReader } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { callerOf, orderNotFound, seenBy } from '../http/caller.js';
import { json, route } from '../http/respond.js';
import { orderIdOf } from '../orders/order-id.js';
import { withoutErrors } from '../orders/shown-step.js';
import { orderRows } from '../read-models/order-rows.js';
import { readModels } from '../services/read-models.js';

const runs = createSagaReader(fulfilment, readModels());
const orders = createReader(orderRows, readModels());

/** `GET /orders/{id}/fulfilment`: which step the order is at, since when, and by when something must have happened. A run
 * does not know its customer, so for a customer the order is read beside it: one GetItem more, at the same time. */
export const handler = route(async (request) => {
  const orderId = orderIdOf(request);
  const caller = callerOf(request);
  const [run, order] = await Promise.all([runs.get(orderId), caller.isStaff ? undefined : orders.get(orderId)]);
  if (!caller.isStaff) seenBy(caller, orderId, order);
  if (run === undefined) throw orderNotFound(orderId);
  const { status, reason, startedAt, lastAt, due, endedAt, steps } = run;
  const shown = caller.isStaff ? steps : steps.map(withoutErrors);
  return json(200, { orderId, status, reason, startedAt, lastAt, due, endedAt, steps: shown });
});
