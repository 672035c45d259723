import { Carrier } from '../shipments/carrier.js';
import { books } from './books.js';
import { once } from './provided.js';

export const carrier = once(() => new Carrier(books()('parcels')));
