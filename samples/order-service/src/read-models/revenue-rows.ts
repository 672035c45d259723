import { defineRows, rowsOf } from '@everfold/projections';

/** What the completed orders of one day came to; its key is the day they were placed on, such as `2018-01-31` (UTC). */
export interface DayRevenue {
  readonly cents: number;
  readonly orders: number;
}

/** What the rows of the revenue are called: one for each day, in one partition, in the order of the days. */
export const REVENUE = { name: 'revenue', version: 1, rows: rowsOf<DayRevenue>(), spread: 1 };

/** The rows of the revenue, for those who read them. */
export const revenueRows = defineRows({ ...REVENUE, isListed: false });
