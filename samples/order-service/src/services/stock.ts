import { createRepository } from '@everfold/core';
import { stock as product } from '../stock/stock.js';
import { eventStore } from './event-store.js';
import { once } from './provided.js';

/** For who receives goods. Many orders want the same product: the one that comes second decides anew. */
export const stock = once(() => createRepository(product, { store: eventStore(), attempts: 50 }));
