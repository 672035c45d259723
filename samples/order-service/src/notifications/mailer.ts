import type { Books } from '../world/books.js';

/** A message in the mailer's books. */
export interface Mail {
  readonly key: string;
  /** The customer. */
  readonly to: string;
  readonly text: string;
}

/** A service that sends messages: it keeps books of its own, and the same key is sent once. */
export class Mailer {
  readonly #books: Books<Mail>;

  constructor(books: Books<Mail>) {
    this.#books = books;
  }

  /** Sends a message, once for each key, however often it is asked. */
  async send(mail: Mail): Promise<void> {
    await this.#books.enter(mail.key, mail);
  }

  /** The books, for whoever audits them. */
  mails(): AsyncIterable<Mail> {
    return this.#books.all();
  }
}
