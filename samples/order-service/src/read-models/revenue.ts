import { add, defineProjection, rowsOf } from '@everfold/projections';
import { outcomeEvents } from '../fulfilment-events.js';

/** What the completed orders of one day came to; its key is the day they were placed on, such as `2018-01-31` (UTC). */
export interface DayRevenue {
  readonly cents: number;
  readonly orders: number;
}

/** Every order feeds the row of its day, so the positions are kept beside the rows. */
export const revenue = defineProjection({
  name: 'revenue',
  version: 1,
  events: outcomeEvents,
  rows: rowsOf<DayRevenue>(),
  positions: 'beside-rows',
  spread: 1,
  on: {
    OrderCompleted: ({ data: { order } }) => add(order.placedAt.slice(0, 10), { cents: order.amountCents, orders: 1 }),
  },
});
