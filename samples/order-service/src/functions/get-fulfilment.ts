import { createSagaReader } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { HttpError, json, route } from '../http/respond.js';
import { readModels } from '../services/read-models.js';

const runs = createSagaReader(fulfilment, readModels());

/** `GET /orders/{id}/fulfilment`: which step the order is at, since when, and by when something must have happened. */
export const handler = route(async ({ pathParameters }) => {
  const orderId = pathParameters?.id ?? '';
  const run = await runs.get(orderId);
  if (run === undefined)
    throw new HttpError(404, { code: 'ORDER_NOT_FOUND', message: `Nothing is known of an order "${orderId}".` });
  const { status, reason, startedAt, lastAt, due, endedAt, steps } = run;
  return json(200, { orderId, status, reason, startedAt, lastAt, due, endedAt, steps });
});
