import type { EventData, EventOf, EventSchemas, NewEvent } from './events.js';
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
}

/** The input of one of the commands. */
export type CommandInput<TCommands, TName extends keyof TCommands> = TCommands[TName] extends (
  state: never,
  input: infer TInput,
) => unknown
  ? TInput
  : never;

/**
 * Defines an aggregate. Everything else is inferred from the definition.
 *
 * @param definition - Its category, its events, how they change the state, and the commands that decide them.
 * @throws InvalidArgumentError when the category is not a name.
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
  return definition;
}

/** What folding needs of an aggregate. */
export type Foldable<TState> = Pick<Aggregate<TState, EventSchemas, never>, 'initial'> & {
  readonly evolve: Readonly<Record<string, (state: TState, data: never) => TState>>;
};

/** The reducer of an event type, or `undefined` when the aggregate does not define it. */
export function reducerOf<TState>(
  aggregate: Foldable<TState>,
  type: string,
): ((state: TState, data: unknown) => TState) | undefined {
  if (!Object.hasOwn(aggregate.evolve, type)) return undefined;
  // Events were validated against the schema of their type when they were appended.
  return aggregate.evolve[type] as (state: TState, data: unknown) => TState;
}

/** Folds events onto a state; `onUnknown` is called for a type that the aggregate does not define. */
export function fold<TState>(
  aggregate: Foldable<TState>,
  events: readonly NewEvent[],
  onUnknown: (type: string) => void,
  state: TState = aggregate.initial(),
): TState {
  let folded = state;
  for (const { type, data } of events) {
    const reducer = reducerOf(aggregate, type);
    if (reducer) folded = reducer(folded, data);
    else onUnknown(type);
  }
  return folded;
}
