import { defineEvents } from '@everfold/core';
import { add, defineProjection, put, rowsOf, update } from '@everfold/projections';
import { evolve, type LineAdded, newOrder, type Order, type OrderPlaced } from '../order.js';
import { unchecked } from '../unchecked.js';

const events = defineEvents({ OrderPlaced: unchecked<OrderPlaced>(), LineAdded: unchecked<LineAdded>() });

/** A row for each order, with its position in it. */
export function ordersProjection(version: number) {
  return defineProjection({
    name: 'orders',
    version,
    events,
    rows: rowsOf<Order>(),
    on: {
      OrderPlaced: ({ data }) => put(data.orderId, evolve.OrderPlaced(newOrder, data)),
      LineAdded: ({ data }) => update(data.orderId, (order) => evolve.LineAdded(order ?? newOrder, data)),
    },
  });
}

/** A row for each kind of product, fed by every order: positions beside the rows. */
export function salesProjection(version: number) {
  return defineProjection({
    name: 'sales',
    version,
    events,
    rows: rowsOf<{ readonly units: number; readonly cents: number }>(),
    positions: 'beside-rows',
    on: {
      LineAdded: ({ data: { product, units, unitPrice } }) =>
        add(product.category, { units, cents: units * unitPrice.cents }),
    },
  });
}
