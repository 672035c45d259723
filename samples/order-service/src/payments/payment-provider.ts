import type { Books } from '../world/books.js';

/** A charge in the provider's books. */
export interface Charge {
  readonly key: string;
  readonly status: 'captured' | 'declined' | 'cancelled';
  readonly amountCents: number;
  readonly refundedCents: number;
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

  /** Takes the money, once for each key, however often it is asked. */
  async capture({
    key,
    token,
    amountCents,
  }: {
    key: string;
    token: string;
    amountCents: number;
  }): Promise<CaptureAnswer> {
    const status = token === DECLINED_TOKEN ? 'declined' : 'captured';
    const charge = await this.#books.enter(key, { key, status, amountCents, refundedCents: 0 });
    if (charge.status === 'captured') return { status: 'captured', amountCents: charge.amountCents };
    return {
      status: 'declined',
      reason: charge.status === 'cancelled' ? 'the charge was cancelled' : 'the card was declined',
    };
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
      if (charge === undefined) return { key, status: 'cancelled', amountCents: 0, refundedCents: 0 };
      return { ...charge, refundedCents: charge.status === 'captured' ? charge.amountCents : 0 };
    });
  }

  /** The books, for whoever audits them. */
  charges(): AsyncIterable<Charge> {
    return this.#books.all();
  }
}
