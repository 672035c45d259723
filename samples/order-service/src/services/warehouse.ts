import { createDecider } from '@everfold/core';
import { stock } from '../stock/stock.js';
import { Warehouse } from '../stock/warehouse.js';
import { eventStore } from './event-store.js';
import { once } from './provided.js';

export const warehouse = once(() => new Warehouse(createDecider(stock, { store: eventStore() })));
