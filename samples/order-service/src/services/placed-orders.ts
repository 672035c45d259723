import { createDecider } from '@everfold/core';
import { order } from '../orders/order.js';
import { eventStore } from './event-store.js';
import { once } from './provided.js';

/** The orders, for who looks at them only. */
export const placedOrders = once(() => createDecider(order, { store: eventStore() }));
