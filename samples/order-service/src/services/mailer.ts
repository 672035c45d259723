import { Mailer } from '../notifications/mailer.js';
import { books } from './books.js';
import { once } from './provided.js';

export const mailer = once(() => new Mailer(books()('mails')));
