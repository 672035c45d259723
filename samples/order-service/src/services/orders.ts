import { createRepository } from '@everfold/core';
import { order } from '../orders/order.js';
import { eventStore } from './event-store.js';
import { once } from './provided.js';

export const orders = once(() => createRepository(order, { store: eventStore() }));
