import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import { type CommandArguments, defineAggregate } from './aggregate.js';
import type { Append, Decision } from './commit.js';
import type { EventStore, StreamStore } from './event-store.js';
import { defineEvents } from './events.js';
import { loadAsOf } from './load-as-of.js';
import { createRepository, type ExecuteOptions, type Repository, type RepositoryOf } from './repository.js';
import { decideTogether } from './unit-of-work/decide-together.js';

declare const store: EventStore;

const events = defineEvents({ Opened: z.object({ by: z.string() }), Closed: z.object({}) });
const initial = (): { open: ReadonlySet<string> } => ({ open: new Set() });
const evolve = { Opened: (state: { open: ReadonlySet<string> }) => state, Closed: initial };
const sound = { category: 'door', events, initial, evolve, commands: {} };

const door = defineAggregate({
  category: 'door',
  events,
  initial,
  evolve: { Opened: (state, { by }) => ({ open: new Set([...state.open, by]) }), Closed: initial },
  commands: {
    open: (_state, by: string) => [{ type: 'Opened', data: { by } }],
    close: () => [{ type: 'Closed', data: {} }],
    closeIfOpen: (state) => (state.open.size > 0 ? [{ type: 'Closed', data: {} }] : []),
    knock: (_state, _times?: number) => [],
    anything: (_state, _input: unknown) => [],
  },
  snapshot: {
    every: 100,
    schema: '1',
    codec: {
      encode: (state) => {
        expectTypeOf(state).toEqualTypeOf<{ open: ReadonlySet<string> }>();
        return [...state.open];
      },
      decode: (json) => ({ open: new Set(z.array(z.string()).parse(json)) }),
    },
  },
});
type Door = typeof door.commands;

const doors = createRepository(door, { store });
expectTypeOf(doors).toEqualTypeOf<RepositoryOf<typeof door>>();
expectTypeOf(doors).toEqualTypeOf<Repository<{ open: ReadonlySet<string> }, typeof events, Door>>();

// A snapshot is of the state that `initial` gives.

defineAggregate({ ...sound, snapshot: { every: 1, schema: '1' } });

// @ts-expect-error a policy has a schema
defineAggregate({ ...sound, snapshot: { every: 1 } });

// @ts-expect-error a codec decodes the state
defineAggregate({ ...sound, snapshot: { every: 1, schema: '1', codec: { encode: () => 1, decode: () => 1 } } });

// @ts-expect-error a codec goes both ways
defineAggregate({ ...sound, snapshot: { every: 1, schema: '1', codec: { encode: () => 1 } } });

// A command that takes no input needs no argument, and has its options last all the same.

expectTypeOf<CommandArguments<Door, 'close'>>().toEqualTypeOf<[input?: undefined, options?: never]>();
expectTypeOf<CommandArguments<Door, 'open', ExecuteOptions>>().toEqualTypeOf<
  [input: string, options?: ExecuteOptions]
>();

doors.execute('1', 'close');
doors.execute('1', 'closeIfOpen');
doors.execute('1', 'close', undefined, { expectedVersion: 3 });
doors.execute('1', 'knock');
doors.execute('1', 'knock', 3, { allowStale: true });
doors.execute('1', 'open', 'ada', { metadata: { actor: 'ada' } });
doors.execute('1', 'anything', { of: 'any kind' });
doors.decide('1', 'close');

// @ts-expect-error close takes no input
doors.execute('1', 'close', 3);

// @ts-expect-error options come after the input, be it none
doors.execute('1', 'close', { expectedVersion: 3 });

// @ts-expect-error open needs its input
doors.execute('1', 'open');

// @ts-expect-error anything is not nothing
doors.execute('1', 'anything');

// @ts-expect-error a decision is not executed
doors.decide('1', 'close', undefined, {});

// A decision is one for a saga, and for a transaction.

const decision = await doors.decide('1', 'close');
expectTypeOf(decision).toExtend<Decision | undefined>();
if (decision) expectTypeOf({ ...decision, metadata: { correlationId: '', causationId: '' } }).toExtend<Append>();

// A past state is not appended after.

expectTypeOf(await loadAsOf(door, store, '1', { version: 3 })).not.toHaveProperty('position');

// @ts-expect-error a time is a Date
loadAsOf(door, store, '1', { time: '2026-01-01' });

// A unit of work has the types of each aggregate.

decideTogether({ store }, async (unit) => {
  const { state } = await unit.load(door, '1');
  expectTypeOf(state).toEqualTypeOf<{ open: ReadonlySet<string> }>();
  await unit.execute(door, '1', 'close');
  const { state: after } = await unit.execute(door, '1', 'open', 'ada', { expectedVersion: 1 });
  expectTypeOf(after).toEqualTypeOf<{ open: ReadonlySet<string> }>();

  // @ts-expect-error there is no command slam
  await unit.execute(door, '1', 'slam');

  // @ts-expect-error open takes a name
  await unit.execute(door, '1', 'open', 3);
});

// Claims are for a whole store.

declare const streams: StreamStore;
expectTypeOf<EventStore>().toExtend<StreamStore>();
expectTypeOf<StreamStore>().not.toExtend<Pick<EventStore, 'transact'>>();
decideTogether({ store }, async (unit) => unit.claim({ name: 'email', value: 'ada' }, 'ada'));
decideTogether({ store: streams }, async (unit) => unit.load(door, '1'));
// @ts-expect-error there is nothing to claim with
decideTogether({ store: streams }, async (unit) => unit.claim({ name: 'email', value: 'ada' }, 'ada'));
