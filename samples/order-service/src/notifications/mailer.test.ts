import { describe, expect, it } from 'vitest';
import { InMemoryBooks } from '../world/books.js';
import { type Mail, Mailer } from './mailer.js';

describe('the mailer', () => {
  it('sends a message once, however often it is asked', async () => {
    const mailer = new Mailer(new InMemoryBooks());
    const mail = { key: 'c1.0', to: 'ada', text: 'Your order o1 is on its way.' };

    await Promise.all([mailer.send(mail), mailer.send(mail)]);
    await mailer.send({ ...mail, text: 'again' });

    const mails: Mail[] = [];
    for await (const sent of mailer.mails()) mails.push(sent);
    expect(mails).toEqual([mail]);
  });
});
