import { add, defineProjection } from '@everfold/projections';
import { outcomeEvents } from '../fulfilment-events.js';
import { REVENUE } from './revenue-rows.js';

/** Every order feeds the row of its day, so the positions are kept beside the rows. */
export const revenue = defineProjection({
  ...REVENUE,
  events: outcomeEvents,
  positions: 'beside-rows',
  on: {
    OrderCompleted: ({ data: { order } }) => add(order.placedAt.slice(0, 10), { cents: order.amountCents, orders: 1 }),
  },
});
