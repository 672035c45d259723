import type { Books } from '../world/books.js';

/** A charge in the provider's books: created first, and then settled for good. */
export interface Charge {
  readonly key: string;
  readonly status: 'created' | 'captured' | 'declined' | 'cancelled';
  /** Stands for the customer's means of payment. */
  readonly token: string;
  readonly amountCents: number;
  readonly refundedCents: number;
}

/** What a charge is asked for with. */
export interface ChargeRequest {
  /** The idempotency key. */
  readonly key: string;
  readonly token: string;
  readonly amountCents: number;
}

export type CaptureAnswer =
  | { readonly status: 'captured'; readonly amountCents: number }
  | { readonly status: 'declined'; readonly reason: string };

/** The provider's test cards: this one is always declined, every other is accepted. */
export const DECLINED_TOKEN = 'tok_declined';

/**
 * A payment provider as one finds them: it keeps books of its own, and the same key is never charged twice.
 */
export class PaymentProvider {
  readonly #books: Books<Charge>;

  constructor(books: Books<Charge>) {
    this.#books = books;
  }

  /** Makes a charge that takes nothing yet, once for each key. */
  async create({ key, token, amountCents }: ChargeRequest): Promise<Charge> {
    return this.#books.enter(key, { key, status: 'created', token, amountCents, refundedCents: 0 });
  }

  /** Takes the money of a charge that was created: once, however often it is asked, and never of one that was cancelled. */
  async confirm(key: string): Promise<CaptureAnswer> {
    const charge = await this.#books.amend(key, (created) => {
      if (created === undefined) throw new Error(`No charge under key "${key}".`);
      return created.status === 'created' ? { ...created, status: settledWith(created.token) } : created;
    });
    return answerOf(charge);
  }

  /** Creates a charge and confirms it, in one call. */
  async capture({ key, token, amountCents }: ChargeRequest): Promise<CaptureAnswer> {
    const settled: Charge = { key, status: settledWith(token), token, amountCents, refundedCents: 0 };
    const charge = await this.#books.enter(key, settled);
    return charge.status === 'created' ? this.confirm(key) : answerOf(charge);
  }

  /** The charge under a key, or `undefined` when none was ever asked for. */
  async lookup(key: string): Promise<Charge | undefined> {
    return this.#books.find(key);
  }

  /** Gives back what was captured under the key; nothing when that was done before. */
  async refund(key: string): Promise<void> {
    await this.#books.amend(key, (charge) => {
      if (charge === undefined) throw new Error(`No charge under key "${key}".`);
      return { ...charge, refundedCents: charge.status === 'captured' ? charge.amountCents : 0 };
    });
  }

  /** Makes sure that no money is held under the key and none ever will be: a late capture is refused. */
  async cancel(key: string): Promise<void> {
    await this.#books.amend(key, (charge) => {
      if (charge === undefined) return { key, status: 'cancelled', token: '', amountCents: 0, refundedCents: 0 };
      if (charge.status === 'created') return { ...charge, status: 'cancelled' };
      return { ...charge, refundedCents: charge.status === 'captured' ? charge.amountCents : 0 };
    });
  }

  /** The books, for whoever audits them. */
  charges(): AsyncIterable<Charge> {
    return this.#books.all();
  }
}

function settledWith(token: string): 'captured' | 'declined' {
  return token === DECLINED_TOKEN ? 'declined' : 'captured';
}

function answerOf({ status, amountCents }: Charge): CaptureAnswer {
  if (status === 'captured') return { status, amountCents };
  return { status: 'declined', reason: status === 'cancelled' ? 'the charge was cancelled' : 'the card was declined' };
}
