import { Billing } from '../payments/billing.js';
import { once } from './provided.js';
import { provider } from './provider.js';

export const billing = once(() => new Billing(provider()));
