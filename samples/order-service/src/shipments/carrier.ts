import type { Books } from '../world/books.js';

/** A parcel in the carrier's books. */
export interface Parcel {
  readonly key: string;
  readonly status: 'dispatched' | 'refused';
  readonly units: number;
  readonly trackingNumber: string;
}

export type DispatchAnswer =
  | { readonly status: 'dispatched'; readonly trackingNumber: string }
  | { readonly status: 'refused'; readonly reason: string };

/** The carrier goes everywhere but here. */
export const UNREACHABLE_POSTCODE = 'unreachable';

/** A carrier as one finds them: it keeps books of its own, and the same key is one parcel. */
export class Carrier {
  readonly #books: Books<Parcel>;

  constructor(books: Books<Parcel>) {
    this.#books = books;
  }

  /** Collects a parcel, once for each key, however often it is asked. */
  async dispatch({ key, units, postcode }: { key: string; units: number; postcode: string }): Promise<DispatchAnswer> {
    const status = postcode === UNREACHABLE_POSTCODE ? 'refused' : 'dispatched';
    const trackingNumber = `EF-${key.split('/').at(-1)?.slice(0, 12)}`;
    const parcel = await this.#books.enter(key, { key, status, units, trackingNumber });
    if (parcel.status === 'dispatched') return { status: 'dispatched', trackingNumber: parcel.trackingNumber };
    return { status: 'refused', reason: `the carrier does not go to "${postcode}"` };
  }

  /** The books, for whoever audits them. */
  parcels(): AsyncIterable<Parcel> {
    return this.#books.all();
  }
}
