import type { Aggregate, CommandArguments, Commands } from './aggregate.js';
import type { KeptStates, StateCache } from './cache.js';
import type { Append, Position } from './commit.js';
import { decideOn, decisionOf, undecided } from './decision.js';
import { StreamNotFoundError } from './errors.js';
import type { StreamStore } from './event-store.js';
import type { EventOf, EventSchemas } from './events.js';
import { streamName } from './stream.js';
import { readOn, type Stateful, type StreamState, unread } from './stream-state.js';

/** An aggregate as it was loaded. Its state is not to be changed. */
export interface Loaded<TState> {
  readonly state: TState;
  /** Version of its last event; 0 when it has none. */
  readonly version: number;
  /** Where a decision on this state is to be appended. */
  readonly position: Position;
}

/** How an aggregate is loaded. */
export interface LoadOptions {
  /** Whether having no events is an error. Default: it is the initial state, at version 0. */
  readonly mustExist?: boolean;
}

/** What a decider works with. */
export interface DeciderOptions {
  readonly store: Pick<StreamStore, 'load'>;
  /** Keeps states from one call to the next; of this aggregate only. Default: every call reads anew. */
  readonly cache?: StateCache;
}

/**
 * Loads aggregates and decides on them. It writes nothing: a step of a saga returns the decisions, and they are recorded
 * with its outcome.
 *
 * @example
 * ```ts
 * const orders = createDecider(order, { store });
 * const { state, version } = await orders.load('7', { mustExist: true });
 * const decision = await orders.decide('7', 'place', { amountCents: 1250 });
 * ```
 */
export interface Decider<TState, TSchemas extends EventSchemas, TCommands extends Commands<TState, EventOf<TSchemas>>> {
  /**
   * Loads an aggregate: the fold of its events, or of those since its newest snapshot or its cached state.
   *
   * Costs one Query for each megabyte that it reads: half a read unit for 4 KB, doubled because the read is consistent.
   * That is one Query, as a rule, for an aggregate that takes snapshots or is cached.
   *
   * @throws StreamNotFoundError when it `mustExist` and has no events.
   * @throws StreamDeletedError when its stream was deleted.
   * @throws UnknownEventError when the stream holds an event that the aggregate does not define.
   * @throws StreamCorruptedError when a version is missing or doubled, or a snapshot cannot be decoded.
   */
  load(id: string, options?: LoadOptions): Promise<Loaded<TState>>;

  /**
   * Loads and decides, and writes nothing: the decision is for a transaction of several streams, where it goes as it is,
   * with its metadata. Costs a load.
   *
   * @returns The decision, with a snapshot when one is due; or `undefined` when there is nothing to do.
   * @throws RejectedError when the domain forbids the command.
   * @throws InvalidEventError when a decided event fails its schema.
   * @throws What `load` throws; and what a reducer throws on a decided event.
   */
  decide<TName extends keyof TCommands & string>(
    id: string,
    command: TName,
    ...input: CommandArguments<TCommands, TName>
  ): Promise<Omit<Append, 'metadata'> | undefined>;
}

/** The decider of an aggregate, as a type: `DeciderOf<typeof order>`. Its repository will do, too. */
export type DeciderOf<TAggregate> =
  TAggregate extends Aggregate<infer TState, infer TSchemas, infer TCommands>
    ? Decider<TState, TSchemas, TCommands>
    : never;

/**
 * Makes the decider of an aggregate: for who decides, and leaves the writing to somebody else. `createRepository` makes
 * what executes commands as well.
 *
 * @param aggregate - What `defineAggregate` returned.
 * @param options - The store; and a cache for a busy aggregate.
 * @throws InvalidArgumentError when the cache is that of another aggregate or another store.
 *
 * @example
 * ```ts
 * const orders = createDecider(order, { store });
 * const decision = await orders.decide('7', 'place', { amountCents: 1250 });
 * if (decision) await store.transact([{ ...decision, metadata }, { claim: { name: 'order', value: '7' }, by: 'ada' }]);
 * ```
 */
export function createDecider<
  TState,
  TSchemas extends EventSchemas,
  TCommands extends Commands<TState, EventOf<TSchemas>>,
>(
  aggregate: Aggregate<TState, TSchemas, TCommands>,
  { store, cache }: DeciderOptions,
): Decider<TState, TSchemas, TCommands> {
  const read = readerOf(aggregate, store, cache?.openFor(aggregate, store));

  return {
    async load(id, { mustExist = false } = {}) {
      const stream = streamName(aggregate.category, id);
      const known = await read(stream);
      if (mustExist && known.position.version === 0) throw new StreamNotFoundError(stream);
      return loadedOf(known);
    },

    async decide(id: string, command: string, ...[input]: readonly [input?: unknown, options?: never]) {
      const known = await read(streamName(aggregate.category, id));
      const decided = await decideOn(aggregate, undecided(known), command, input);
      return decided.events.length === 0 ? undefined : decisionOf(aggregate, decided);
    },
  };
}

/** Reads the state of a stream, from the kept one on where there is a cache. Costs one `load`. */
export function readerOf<TState>(
  aggregate: Stateful<TState>,
  store: Pick<StreamStore, 'load'>,
  kept: KeptStates<TState> | undefined,
): KeptStates<TState>['read'] {
  return kept ? kept.read : (stream) => readOn(aggregate, store, unread(aggregate, stream));
}

/** What is handed out of what is known. */
export function loadedOf<TState>({ state, position }: StreamState<TState>): Loaded<TState> {
  return { state, version: position.version, position };
}
