import { type Aggregate, type CommandInput, type Commands, fold } from './aggregate.js';
import { type Backoff, jitteredDelay } from './backoff.js';
import { type Decision, endOf, type Position, recordedEvents, startOf } from './commit.js';
import { InvalidArgumentError, isEverfoldError, UnknownEventError, VersionMismatchError } from './errors.js';
import type { EventStore } from './event-store.js';
import { type EventOf, type EventSchemas, isReserved, type RecordedEvent, validateEvent } from './events.js';
import { type CommandMetadata, completeMetadata } from './metadata.js';
import { type Clock, type IdGenerator, type Random, systemClock, systemIds, systemRandom } from './ports.js';
import { streamName } from './stream.js';

/** An aggregate as it was loaded. */
export interface Loaded<TState> {
  readonly state: TState;
  /** Version of its last event; 0 when it has none. */
  readonly version: number;
  /** Where a decision on this state is to be appended. */
  readonly position: Position;
}

/** What a command came to. */
export interface Executed<TState> extends Loaded<TState> {
  /** The events it recorded; none when there was nothing to do. */
  readonly events: readonly RecordedEvent[];
}

/** What is known about a command beside its input. */
export interface ExecuteOptions {
  /** Correlation, causation, actor and more, carried to the events. */
  readonly metadata?: CommandMetadata;
  /** The version that the aggregate must be at, as from an `If-Match` header. Default: whatever it is at. */
  readonly expectedVersion?: number;
}

/** What a repository works with. All but the store have defaults. */
export interface RepositoryOptions {
  readonly store: EventStore;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly ids?: IdGenerator;
  /** How often a command is decided anew when somebody else was first, at least 1. Default 10. */
  readonly attempts?: number;
  /** Waits between those attempts. Default: up to 10 ms, doubling, up to 1,000 ms. */
  readonly backoff?: Backoff;
}

/** Loads aggregates and executes commands on them. */
export interface Repository<
  TState,
  TSchemas extends EventSchemas,
  TCommands extends Commands<TState, EventOf<TSchemas>>,
> {
  /**
   * Loads an aggregate: the fold of its events.
   *
   * Costs one Query for each megabyte of events: half a read unit for 4 KB, doubled because the read is consistent.
   *
   * @throws UnknownEventError when the stream holds an event that the aggregate does not define.
   * @throws StreamCorruptedError when a version is missing or doubled.
   */
  load(id: string): Promise<Loaded<TState>>;

  /**
   * Loads, decides and appends; decides anew when somebody else appended first.
   *
   * Costs a load and, when the command decides events, one PutItem: a write unit for each KB.
   *
   * @throws RejectedError when the domain forbids the command.
   * @throws VersionMismatchError when the aggregate is not at `expectedVersion`.
   * @throws InvalidEventError when a decided event fails its schema.
   * @throws ConflictError when every attempt found somebody else first.
   */
  execute<TName extends keyof TCommands & string>(
    id: string,
    command: TName,
    input: CommandInput<TCommands, TName>,
    options?: ExecuteOptions,
  ): Promise<Executed<TState>>;

  /**
   * Loads and decides, and writes nothing: the decision is for a transaction of several streams. Costs a load.
   *
   * @returns The decision, or `undefined` when there is nothing to do.
   * @throws What `execute` throws, but for conflicts.
   */
  decide<TName extends keyof TCommands & string>(
    id: string,
    command: TName,
    input: CommandInput<TCommands, TName>,
  ): Promise<Decision | undefined>;
}

/** The repository of an aggregate, as a type: `RepositoryOf<typeof order>`. */
export type RepositoryOf<TAggregate> =
  TAggregate extends Aggregate<infer TState, infer TSchemas, infer TCommands>
    ? Repository<TState, TSchemas, TCommands>
    : never;

const DEFAULT_ATTEMPTS = 10;
const DEFAULT_BACKOFF: Backoff = { firstMs: 10, longestMs: 1_000 };

/**
 * Makes the repository of an aggregate.
 *
 * @param aggregate - What `defineAggregate` returned.
 * @param options - The store; and, where the defaults do not do, what a test or a busy aggregate needs.
 * @throws InvalidArgumentError when `attempts` is not a whole number from 1.
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
  const { store, clock = systemClock, random = systemRandom, ids = systemIds } = options;
  const { attempts = DEFAULT_ATTEMPTS, backoff = DEFAULT_BACKOFF } = options;
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new InvalidArgumentError(`attempts is ${attempts}; give a whole number from 1.`);
  }

  async function load(id: string): Promise<Loaded<TState>> {
    const stream = streamName(aggregate.category, id);
    let state = aggregate.initial();
    let position = startOf(stream);
    const onUnknown = (type: string) => {
      if (!isReserved(type)) throw new UnknownEventError(stream, type);
    };
    for await (const commit of store.read(stream)) {
      state = fold(aggregate, commit.events, onUnknown, state);
      position = endOf(commit);
    }
    return { state, version: position.version, position };
  }

  async function decideOn<TName extends keyof TCommands & string>(
    { state, position }: Loaded<TState>,
    command: TName,
    input: CommandInput<TCommands, TName>,
  ): Promise<Decision> {
    if (!Object.hasOwn(aggregate.commands, command)) {
      const known = Object.keys(aggregate.commands).join(', ');
      throw new InvalidArgumentError(`"${aggregate.category}" has no command "${command}"; it has ${known}.`);
    }
    const decided = aggregate.commands[command]?.(state, input as never) ?? [];
    const events = await Promise.all(decided.map((event) => validateEvent(aggregate.events, event)));
    return { after: position, events };
  }

  async function attempt<TName extends keyof TCommands & string>(
    id: string,
    command: TName,
    input: CommandInput<TCommands, TName>,
    { metadata = {}, expectedVersion }: ExecuteOptions,
  ): Promise<Executed<TState>> {
    const before = await load(id);
    if (expectedVersion !== undefined && expectedVersion !== before.version) {
      throw new VersionMismatchError(before.position.stream, expectedVersion, before.version);
    }
    const decision = await decideOn(before, command, input);
    if (decision.events.length === 0) return { ...before, events: [] };
    const commit = await store.append({ ...decision, metadata: completeMetadata(metadata, ids) });
    const state = fold(aggregate, commit.events, () => undefined, before.state);
    return { state, version: commit.last, position: endOf(commit), events: recordedEvents(commit) };
  }

  return {
    load,

    async execute(id, command, input, executeOptions = {}) {
      for (let failed = 1; ; failed++) {
        try {
          return await attempt(id, command, input, executeOptions);
        } catch (error) {
          if (!isEverfoldError(error, 'CONFLICT') || failed >= attempts) throw error;
          await clock.sleep(jitteredDelay(failed, backoff, random));
        }
      }
    },

    async decide(id, command, input) {
      const decision = await decideOn(await load(id), command, input);
      return decision.events.length === 0 ? undefined : decision;
    },
  };
}
