import type { Aggregate, CommandArguments, Commands } from './aggregate.js';
import type { StateCache } from './cache.js';
import { recordedEvents } from './commit.js';
import { createDecider, type Decider, type Loaded, loadedOf, readerOf } from './decider.js';
import {
  checkExpectedVersion,
  type Decided,
  decideOn,
  decisionOf,
  type ExpectedVersion,
  isExpected,
  recordedState,
  undecided,
} from './decision.js';
import type { StreamStore } from './event-store.js';
import type { EventOf, EventSchemas, RecordedEvent } from './events.js';
import { readEvents } from './evolution/read-events.js';
import { type CommandMetadata, completeMetadata } from './metadata.js';
import { type IdGenerator, systemIds } from './ports.js';
import { type RetryOptions, retryOf } from './retry.js';
import { streamName } from './stream.js';

/** What a command came to. */
export interface Executed<TState> extends Loaded<TState> {
  /** The events it recorded; none when there was nothing to do. */
  readonly events: readonly RecordedEvent[];
}

/** What is known about a command beside its input. */
export interface ExecuteOptions {
  /** Correlation, causation, actor and more, carried to the events. */
  readonly metadata?: CommandMetadata;
  /** The version that the aggregate must be at, or one of several, as from an `If-Match` header. Default: whatever it is at. */
  readonly expectedVersion?: ExpectedVersion;
  /**
   * Whether the command may be decided on the cached state without reading: the condition of the write finds out when it
   * was stale. What comes to no write, be it a rejection, is always decided on what was read. Default: no.
   */
  readonly allowStale?: boolean;
}

/** What a repository works with. All but the store have defaults. */
export interface RepositoryOptions extends RetryOptions {
  readonly store: StreamStore;
  readonly ids?: IdGenerator;
  /** Keeps states from one call to the next; of this repository only. Default: every call reads anew. */
  readonly cache?: StateCache;
}

/**
 * Executes commands on aggregates: loads, decides and records. It is a decider, too.
 *
 * @example
 * ```ts
 * const orders = createRepository(order, { store });
 * const { state, version } = await orders.load('7', { mustExist: true });
 * const { events } = await orders.execute('7', 'place', { amountCents: 1250 }, { expectedVersion: version });
 * ```
 */
export interface Repository<
  TState,
  TSchemas extends EventSchemas,
  TCommands extends Commands<TState, EventOf<TSchemas>>,
> extends Decider<TState, TSchemas, TCommands> {
  /**
   * Loads, decides and appends; decides anew when somebody else appended first.
   *
   * Costs a load and, when the command decides events, one PutItem: a write unit for each KB, of the state too where a
   * snapshot is due. With `allowStale` and a cached state, it costs the PutItem alone.
   *
   * @throws RejectedError when the domain forbids the command.
   * @throws VersionMismatchError when the aggregate is not at `expectedVersion`.
   * @throws InvalidEventError when a decided event fails its schema.
   * @throws ConflictError when every attempt found somebody else first.
   * @throws What `load` throws; and what a reducer throws on a decided event, before anything is written.
   */
  execute<TName extends keyof TCommands & string>(
    id: string,
    command: TName,
    ...args: CommandArguments<TCommands, TName, ExecuteOptions>
  ): Promise<Executed<TState>>;
}

/** The repository of an aggregate, as a type: `RepositoryOf<typeof order>`. */
export type RepositoryOf<TAggregate> =
  TAggregate extends Aggregate<infer TState, infer TSchemas, infer TCommands>
    ? Repository<TState, TSchemas, TCommands>
    : never;

/**
 * Makes the repository of an aggregate.
 *
 * @param aggregate - What `defineAggregate` returned.
 * @param options - The store; and, where the defaults do not do, what a test or a busy aggregate needs.
 * @throws InvalidArgumentError when `attempts` is not a whole number from 1, or the cache is that of another repository.
 *
 * @example
 * ```ts
 * const orders = createRepository(order, { store });
 * const { version } = await orders.execute('7', 'place', { amountCents: 1250 }, { metadata: { actor: 'ada' } });
 * ```
 */
export function createRepository<
  TState,
  TSchemas extends EventSchemas,
  TCommands extends Commands<TState, EventOf<TSchemas>>,
>(
  aggregate: Aggregate<TState, TSchemas, TCommands>,
  options: RepositoryOptions,
): Repository<TState, TSchemas, TCommands> {
  const { store, ids = systemIds, cache } = options;
  const retry = retryOf(options);
  const kept = cache?.openFor(aggregate, store);
  const read = readerOf(aggregate, store, kept);

  async function append(decided: Decided<TState>, metadata: CommandMetadata = {}): Promise<Executed<TState>> {
    const decision = decisionOf(aggregate, decided);
    const commit = await store.append({ ...decision, metadata: completeMetadata(metadata, ids) });
    const recorded = recordedState(aggregate, decided, commit);
    kept?.keep(recorded);
    return { ...loadedOf(recorded), events: readEvents(aggregate.events, recordedEvents(commit), commit.stream) };
  }

  /** Decides on the cached state; `undefined` when there is none, or deciding on it comes to no write. */
  async function decideStale(
    stream: string,
    command: string,
    input: unknown,
    expectedVersion: ExpectedVersion | undefined,
  ): Promise<Decided<TState> | undefined> {
    const known = kept?.get(stream);
    if (known === undefined) return undefined;
    if (expectedVersion !== undefined && !isExpected(known.position.version, expectedVersion)) return undefined;
    // What the command throws may be due to the stale state: it is decided anew, and then it counts.
    const decided = await decideOn(aggregate, undecided(known), command, input).catch(() => undefined);
    return decided?.events.length === 0 ? undefined : decided;
  }

  return {
    ...createDecider(aggregate, options),

    async execute(id: string, command: string, ...args: readonly [input?: unknown, options?: ExecuteOptions]) {
      const [input, { metadata, expectedVersion, allowStale = false } = {}] = args;
      const stream = streamName(aggregate.category, id);
      const work = () =>
        retry(async (failed) => {
          const stale =
            allowStale && failed === 0 ? await decideStale(stream, command, input, expectedVersion) : undefined;
          if (stale) return append(stale, metadata);
          const before = undecided(await read(stream));
          checkExpectedVersion(before, expectedVersion);
          const decided = await decideOn(aggregate, before, command, input);
          return decided.events.length === 0 ? { ...loadedOf(decided.from), events: [] } : append(decided, metadata);
        });
      return kept ? kept.forgettingDeleted(stream, work) : work();
    },
  };
}
