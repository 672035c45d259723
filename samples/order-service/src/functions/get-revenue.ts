import { createReader } from '@everfold/projections';
import { json, route } from '../http/respond.js';
import { allRows } from '../read-models/all-rows.js';
import { type DayRevenue, revenueRows } from '../read-models/revenue-rows.js';
import { readModels } from '../services/read-models.js';

const days = createReader(revenueRows, readModels());

/** `GET /revenue`: of completed orders, by the day they were placed on. */
export const handler = route(async () => {
  const rows: (DayRevenue & { readonly day: string })[] = [];
  for await (const { key, row } of allRows(days)) rows.push({ day: key, ...row });
  return json(200, { days: rows });
});
