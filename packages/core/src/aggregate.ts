import { UnknownEventError } from './errors.js';
import type { EventData, EventOf, EventSchemas, NewEvent } from './events.js';
import { type ReadPolicy, readEvents } from './evolution/read-events.js';
import { checkSnapshotPolicy, type SnapshotPolicy } from './snapshot-policy.js';
import { checkCategory } from './stream.js';

/** How each event changes the state. Pure: the same events give the same state, for ever. */
export type Evolve<TState, TSchemas extends EventSchemas> = {
  readonly [TType in keyof TSchemas & string]: (state: TState, data: EventData<TSchemas, TType>) => TState;
};

/** Commands by name: each decides, from the state and its input, the events that happen, or throws a `RejectedError`. */
export type Commands<TState, TEvent> = Readonly<Record<string, (state: TState, input: never) => readonly TEvent[]>>;

/** An aggregate: a consistency boundary with a stream of its own for each id. */
export interface Aggregate<
  TState,
  TSchemas extends EventSchemas,
  TCommands extends Commands<TState, EventOf<TSchemas>>,
> {
  /** First part of the stream's name: `<category>-<id>`. */
  readonly category: string;
  readonly events: TSchemas;
  /** The state before the first event. */
  readonly initial: () => TState;
  /** How each event changes the state. The state's type comes from `initial` alone. */
  readonly evolve: Evolve<NoInfer<TState>, TSchemas>;
  readonly commands: TCommands;
  /** When the state is kept with a commit, so that loading need not begin with the first event. Default: never. */
  readonly snapshot?: SnapshotPolicy<NoInfer<TState>>;
  /**
   * What becomes of a recorded event of a type that is not among `events`: `fail` refuses to load, `skip` passes over it.
   * An event of a newer revision is always refused. Default `fail`.
   */
  readonly unknownEvents?: 'fail' | 'skip';
  /** Not here: `validateReads(events)` makes events whose data is checked whenever they are read. */
  readonly validateReads?: never;
}

/** The input of one of the commands. */
export type CommandInput<TCommands, TName extends keyof TCommands> = TCommands[TName] extends (
  state: never,
  input: infer TInput,
) => unknown
  ? TInput
  : never;

/** What follows a command's name in a call: its input, which a command that takes none does without; then options. */
export type CommandArguments<TCommands, TName extends keyof TCommands, TOptions = never> = TCommands[TName] extends (
  state: never,
  ...input: infer TInput
) => unknown
  ? TInput extends readonly []
    ? [input?: undefined, options?: TOptions]
    : TInput extends readonly [unknown?]
      ? [...input: TInput, options?: TOptions]
      : never
  : never;

/**
 * Defines an aggregate. Everything else is inferred from the definition.
 *
 * @param definition - Its category, its events, how they change the state, and the commands that decide them.
 * @throws InvalidArgumentError when the category is not a name, or the snapshots are defined wrongly.
 *
 * @example
 * ```ts
 * const counter = defineAggregate({
 *   category: 'counter',
 *   events: defineEvents({ Increased: z.object({ by: z.number() }) }),
 *   initial: () => ({ total: 0 }),
 *   evolve: { Increased: (state, { by }) => ({ total: state.total + by }) },
 *   commands: { increase: (_state, by: number) => [{ type: 'Increased', data: { by } }] },
 * });
 * ```
 */
export function defineAggregate<
  TState,
  TSchemas extends EventSchemas,
  TCommands extends Commands<TState, EventOf<TSchemas>>,
>(definition: Aggregate<TState, TSchemas, TCommands>): Aggregate<TState, TSchemas, TCommands> {
  checkCategory(definition.category);
  checkSnapshotPolicy(definition.category, definition.snapshot);
  return definition;
}

/** What folding needs of an aggregate. */
export type Foldable<TState> = Pick<Aggregate<TState, EventSchemas, never>, 'initial' | 'events'> &
  Pick<ReadPolicy, 'unknownEvents'> & {
    readonly evolve: Readonly<Record<string, (state: TState, data: never) => TState>>;
  };

/** The reducer of an event type, or `undefined` when the aggregate does not define it. */
export function reducerOf<TState>(
  aggregate: Pick<Foldable<TState>, 'evolve'>,
  type: string,
): ((state: TState, data: unknown) => TState) | undefined {
  if (!Object.hasOwn(aggregate.evolve, type)) return undefined;
  // Events were validated against the schema of their type when they were appended.
  return aggregate.evolve[type] as (state: TState, data: unknown) => TState;
}

/**
 * Folds recorded events onto a state, each in the form that the aggregate's definitions have today.
 *
 * @param stream - Where they are recorded, for what errors say.
 * @throws What `readEvents` throws.
 */
export function fold<TState>(
  aggregate: Foldable<TState>,
  events: readonly NewEvent[],
  stream: string,
  state: TState = aggregate.initial(),
): TState {
  let folded = state;
  for (const { type, data } of readEvents(aggregate.events, events, stream, aggregate)) {
    const reducer = reducerOf(aggregate, type);
    if (!reducer) throw new UnknownEventError(stream, type);
    folded = reducer(folded, data);
  }
  return folded;
}
