import type { KeptStates, StateCache } from './cache.js';
import { isEverfoldError } from './errors.js';
import type { StreamStore } from './event-store.js';
import { readOn, type Stateful, type StreamState, unread } from './stream-state.js';

/** The states of an aggregate: as the store has them, on top of what a cache keeps, if there is one. */
export interface States<TState> {
  readonly kept: KeptStates<TState> | undefined;
  /** Reads what is not known of a stream. Costs one `load`. */
  read(stream: string): Promise<StreamState<TState>>;
  /** Works on a stream: one that turns out to be deleted is not worth a place in the cache. */
  forgettingDeleted<TResult>(stream: string, work: () => Promise<TResult>): Promise<TResult>;
}

/** @throws InvalidArgumentError when the cache is that of another aggregate or another store. */
export function statesOf<TState>(
  aggregate: Stateful<TState>,
  store: Pick<StreamStore, 'load'>,
  cache: StateCache | undefined,
): States<TState> {
  const kept = cache?.openFor(aggregate, store);
  return {
    kept,

    async read(stream) {
      const known = await readOn(aggregate, store, kept?.get(stream) ?? unread(aggregate, stream));
      if (known.position.version > 0) kept?.keep(known);
      return known;
    },

    async forgettingDeleted(stream, work) {
      try {
        return await work();
      } catch (error) {
        if (isEverfoldError(error, 'STREAM_DELETED')) kept?.forget(stream);
        throw error;
      }
    },
  };
}
