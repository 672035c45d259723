import { defineRows, rowsOf } from '@everfold/projections';
import type { OrderView } from './order-view.js';

/** What the rows of the orders are called. */
export const ORDERS = { name: 'orders', version: 2, rows: rowsOf<OrderView>() };

/** The rows of the orders, for those who read them. */
export const orderRows = defineRows({ ...ORDERS, isListed: true });
