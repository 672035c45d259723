import { InvalidArgumentError, isEverfoldError } from './errors.js';
import type { StreamStore } from './event-store.js';
import { readOn, type Stateful, type StreamState, unread } from './stream-state.js';
import { checkWholeNumber } from './whole-number.js';

/**
 * The states of one aggregate, as its repository keeps them from one call to the next. What reads them comes with the cache:
 * a bundle without one has none of it.
 */
export interface KeptStates<TState> {
  get(stream: string): StreamState<TState> | undefined;
  /** Keeps a state, as the one used last, unless a later one is kept. */
  keep(known: StreamState<TState>): void;
  /** Reads on from what is kept. Costs one `load`. */
  read(stream: string): Promise<StreamState<TState>>;
  /** Works on a stream: one that turns out to be deleted is not worth its place. */
  forgettingDeleted<TResult>(stream: string, work: () => Promise<TResult>): Promise<TResult>;
}

/** How much a cache holds. */
export interface StateCacheOptions {
  /** How many aggregates at most; the least recently used one goes first. A whole number from 1. */
  readonly maxEntries: number;
}

/**
 * Keeps the states of aggregates from one call to the next, for a process that sees the same ones again, such as a warm
 * Lambda. One cache is for one repository: make both outside of the handler.
 *
 * A repository with a cache starts from the kept state and reads only what is newer, so what it gives is as true as
 * without. It hands out the very object that it keeps: **states must not be changed**, not by reducers, not by commands,
 * and not by those who load them.
 *
 * Costs the memory of the states. A load of a kept state is still one request, of half a read unit, doubled because it is
 * consistent; `execute` with `allowStale` does without it.
 *
 * @throws InvalidArgumentError when `maxEntries` is not a whole number from 1.
 *
 * @example
 * ```ts
 * const orders = createRepository(order, { store, cache: new StateCache({ maxEntries: 1_000 }) });
 * await orders.execute('7', 'place', { amountCents: 1250 }, { allowStale: true });
 * ```
 */
export class StateCache {
  readonly #maxEntries: number;
  /** Least recently used first. */
  readonly #states = new Map<string, StreamState<unknown>>();
  #owner: { readonly aggregate: object; readonly store: object } | undefined;

  constructor({ maxEntries }: StateCacheOptions) {
    checkWholeNumber(`maxEntries is ${maxEntries}`, maxEntries, 1);
    this.#maxEntries = maxEntries;
  }

  /** How many states are kept. */
  get size(): number {
    return this.#states.size;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#states.clear();
  }

  /**
   * Opens the cache for a repository, which calls this itself.
   *
   * @throws InvalidArgumentError when it was opened for another aggregate or another store.
   */
  openFor<TState>(aggregate: Stateful<TState>, store: Pick<StreamStore, 'load'>): KeptStates<TState> {
    this.#owner ??= { aggregate, store };
    if (this.#owner.aggregate !== aggregate || this.#owner.store !== store) {
      throw new InvalidArgumentError(
        'The cache is that of another repository: its aggregate or its store is another. Make a cache for each repository.',
      );
    }
    const kept: KeptStates<TState> = {
      // Only this aggregate's states were ever kept.
      get: (stream) => this.#states.get(stream) as StreamState<TState> | undefined,

      keep: (known) => this.#keep(known),

      read: (stream) =>
        kept.forgettingDeleted(stream, async () => {
          const known = await readOn(aggregate, store, kept.get(stream) ?? unread(aggregate, stream));
          if (known.position.version > 0) kept.keep(known);
          return known;
        }),

      forgettingDeleted: async (stream, work) => {
        try {
          return await work();
        } catch (error) {
          if (isEverfoldError(error, 'STREAM_DELETED')) this.#states.delete(stream);
          throw error;
        }
      },
    };
    return kept;
  }

  #keep(known: StreamState<unknown>): void {
    const { stream, version } = known.position;
    const kept = this.#states.get(stream);
    this.#states.delete(stream);
    this.#states.set(stream, kept && kept.position.version > version ? kept : known);
    const [oldest] = this.#states.keys();
    if (this.#states.size > this.#maxEntries && oldest !== undefined) this.#states.delete(oldest);
  }
}
