import { PaymentProvider } from '../payments/payment-provider.js';
import { books } from './books.js';
import { once } from './provided.js';

export const provider = once(() => new PaymentProvider(books()('charges')));
