import { Dispatch } from '../shipments/dispatch.js';
import { carrier } from './carrier.js';
import { once } from './provided.js';

export const dispatch = once(() => new Dispatch(carrier()));
