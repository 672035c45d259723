import { AssertionError, deepStrictEqual } from 'node:assert/strict';
import type { Aggregate, CommandArguments, Commands } from '../aggregate.js';
import { carriedByJson, startOf } from '../commit.js';
import { isEverfoldError, type RejectedError } from '../errors.js';
import { type EventOf, type EventSchemas, type NewEvent, validateEvent } from '../events.js';
import { readEvents } from '../evolution/read-events.js';
import { InMemoryEventStore } from '../in-memory-store.js';
import { createRepository, type Executed } from '../repository.js';
import { streamName } from '../stream.js';

const ID = 'scenario';
const metadata = { correlationId: ID, causationId: ID };

/** What came before: the point from which a command is given. */
export interface Given<TState, TSchemas extends EventSchemas, TCommands extends Commands<TState, EventOf<TSchemas>>> {
  /** Names the command and its input, as `Repository.execute` takes them. Nothing runs before a `then…`. */
  when<TName extends keyof TCommands & string>(
    command: TName,
    ...input: CommandArguments<TCommands, TName>
  ): Outcome<TState, EventOf<TSchemas>>;
}

/** A scenario that has not begun: without `given`, nothing has happened yet. */
export interface Scenario<TState, TSchemas extends EventSchemas, TCommands extends Commands<TState, EventOf<TSchemas>>>
  extends Given<TState, TSchemas, TCommands> {
  /** Names the events that happened before, in their order. */
  given(events: readonly EventOf<TSchemas>[]): Given<TState, TSchemas, TCommands>;
}

/**
 * What the command is to come to. Each method runs the scenario anew; await it.
 *
 * All of them throw an `AssertionError` of `node:assert` when it came to something else, or when an event fails its
 * schema or cannot be recorded; and whatever else the command throws, as it is.
 */
export interface Outcome<TState, TEvent extends NewEvent> {
  /** The command decides exactly these events, in this order. */
  thenEvents(events: readonly TEvent[]): Promise<void>;
  /** The command decides no event. */
  thenNothing(): Promise<void>;
  /** The command throws a `RejectedError` with this reason. */
  thenRejects(reason: string): Promise<void>;
  /** The command is not rejected, and its events leave the aggregate in this state. */
  thenState(state: TState): Promise<void>;
}

/**
 * Begins a scenario of an aggregate: given events, when a command, then events. It runs the repository on a store in
 * memory, so that what holds here holds there. It needs no test runner: what is wrong is thrown.
 *
 * @param aggregate - What `defineAggregate` returned.
 *
 * @example
 * ```ts
 * await scenario(counter)
 *   .given([{ type: 'Increased', data: { by: 2 } }])
 *   .when('increase', 3)
 *   .thenEvents([{ type: 'Increased', data: { by: 3 } }]);
 * ```
 */
export function scenario<TState, TSchemas extends EventSchemas, TCommands extends Commands<TState, EventOf<TSchemas>>>(
  aggregate: Aggregate<TState, TSchemas, TCommands>,
): Scenario<TState, TSchemas, TCommands> {
  const stream = streamName(aggregate.category, ID);
  const after = (past: readonly EventOf<TSchemas>[]): Given<TState, TSchemas, TCommands> => ({
    when(command, ...input) {
      const play = async (): Promise<Result<TState>> => {
        const store = new InMemoryEventStore();
        const events = await recordable('A given event', aggregate.events, past);
        if (events.length > 0) await store.append({ after: startOf(stream), events, metadata });
        try {
          return await createRepository(aggregate, { store }).execute(ID, command, ...input);
        } catch (error) {
          if (isRejected(error)) return { rejected: error.reason };
          throw asAssertion(`An event that "${command}" decided`, error);
        }
      };
      return outcomeOf(play, aggregate.events);
    },
  });
  return { given: after, ...after([]) };
}

type Result<TState> = Pick<Executed<TState>, 'events' | 'state'> | { readonly rejected: string };

function outcomeOf<TState, TEvent extends NewEvent>(
  play: () => Promise<Result<TState>>,
  schemas: EventSchemas,
): Outcome<TState, TEvent> {
  const playedEvents = async () => {
    const result = await play();
    return 'rejected' in result ? result : { events: factsOf(result.events) };
  };
  return {
    async thenEvents(events) {
      const expected = readEvents(schemas, await recordable('An expected event', schemas, events), ID);
      deepStrictEqual(await playedEvents(), { events: factsOf(expected) });
    },
    async thenNothing() {
      deepStrictEqual(await playedEvents(), { events: [] });
    },
    async thenRejects(reason) {
      deepStrictEqual(await playedEvents(), { rejected: reason });
    },
    async thenState(state) {
      const result = await play();
      deepStrictEqual('rejected' in result ? result : { state: result.state }, { state });
    },
  };
}

function factsOf(events: readonly NewEvent[]) {
  return events.map(({ type, data }) => ({ type, data }));
}

/** The events as they are recorded. */
async function recordable(role: string, schemas: EventSchemas, events: readonly NewEvent[]): Promise<NewEvent[]> {
  try {
    return carriedByJson(await Promise.all(events.map((event) => validateEvent(schemas, event))));
  } catch (error) {
    throw asAssertion(role, error);
  }
}

function asAssertion(role: string, error: unknown): unknown {
  if (!isEverfoldError(error, 'INVALID_EVENT')) return error;
  return Object.assign(new AssertionError({ message: `${role} cannot be recorded. ${error.message}` }), {
    cause: error,
  });
}

function isRejected(error: unknown): error is RejectedError {
  return isEverfoldError(error, 'REJECTED');
}
