import { Warehouse } from '../stock/warehouse.js';
import { once } from './provided.js';
import { stock } from './stock.js';

export const warehouse = once(() => new Warehouse(stock()));
