import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import { type Aggregate, type CommandInput, defineAggregate } from './aggregate.js';
import { type Commit, endOf, type Position, startOf } from './commit.js';
import type { EventStore } from './event-store.js';
import { defineEvents, type EventData, type EventOf, type NewEvent, type RecordedEventOf } from './events.js';
import { createRepository } from './repository.js';

declare const store: EventStore;
declare const commit: Commit;

const events = defineEvents({
  Placed: z.object({ cents: z.number(), note: z.string().default('') }),
  Cancelled: z.object({ why: z.enum(['late', 'changed']) }),
});
type Events = typeof events;

interface Order {
  readonly cents: number;
  readonly cancelled: boolean;
}

const initial = (): Order => ({ cents: 0, cancelled: false });
const Placed = (state: Order, { cents }: { cents: number }): Order => ({ ...state, cents });
const Cancelled = (state: Order): Order => ({ ...state, cancelled: true });
const sound = { category: 'order', events, initial, evolve: { Placed, Cancelled }, commands: {} };

// Everything is inferred from the definition.

const order = defineAggregate({
  category: 'order',
  events,
  initial: (): Order => ({ cents: 0, cancelled: false }),
  evolve: {
    Placed: (state, data) => {
      expectTypeOf(state).toEqualTypeOf<Order>();
      expectTypeOf(data).toEqualTypeOf<{ cents: number; note: string }>();
      return { ...state, cents: data.cents };
    },
    Cancelled: (state) => ({ ...state, cancelled: true }),
  },
  commands: {
    place: (state, cents: number) => {
      expectTypeOf(state).toEqualTypeOf<Order>();
      return [{ type: 'Placed', data: { cents, note: '' } }];
    },
    cancel: (_state, { why }: { why: 'late' | 'changed' }) => [{ type: 'Cancelled', data: { why } }],
    replace: (_state, cents: number) => [
      { type: 'Cancelled', data: { why: 'changed' } },
      { type: 'Placed', data: { cents, note: '' } },
    ],
    ignore: () => [],
  },
});

expectTypeOf(order).toExtend<Aggregate<Order, Events, typeof order.commands>>();
expectTypeOf<CommandInput<typeof order.commands, 'place'>>().toEqualTypeOf<number>();
expectTypeOf<CommandInput<typeof order.commands, 'cancel'>>().toEqualTypeOf<{ why: 'late' | 'changed' }>();
expectTypeOf<EventData<Events, 'Cancelled'>>().toEqualTypeOf<{ why: 'late' | 'changed' }>();
expectTypeOf<EventOf<Events>>().toEqualTypeOf<
  NewEvent<'Placed', { cents: number; note: string }> | NewEvent<'Cancelled', { why: 'late' | 'changed' }>
>();
expectTypeOf<RecordedEventOf<Events>['type']>().toEqualTypeOf<'Placed' | 'Cancelled'>();

const repository = createRepository(order, { store });
expectTypeOf((await repository.load('1')).state).toEqualTypeOf<Order>();
expectTypeOf((await repository.execute('1', 'place', 5)).state).toEqualTypeOf<Order>();

// What a command may decide, and what it may not.

const placed = { type: 'Placed', data: { cents: 5, note: '' } } as const;
const shipped = { type: 'Shipped', data: { cents: 5, note: '' } } as const;
const wronglyPlaced = { type: 'Placed', data: { cents: '5', note: '' } } as const;
const placedLate = { type: 'Placed', data: { why: 'late' } } as const;

defineAggregate({ ...sound, commands: { place: (_state: Order, _cents: number) => [placed] } });

// @ts-expect-error no event Shipped is defined
defineAggregate({ ...sound, commands: { ship: () => [shipped] } });

// @ts-expect-error cents is a number
defineAggregate({ ...sound, commands: { place: () => [wronglyPlaced] } });

// @ts-expect-error the data is of another event
defineAggregate({ ...sound, commands: { place: () => [placedLate] } });

// @ts-expect-error a command decides at once, from the state alone
defineAggregate({ ...sound, commands: { place: async () => [placed] } });

// @ts-expect-error a command decides a list
defineAggregate({ ...sound, commands: { place: () => placed } });

// @ts-expect-error a command takes the state of its own aggregate
defineAggregate({ ...sound, commands: { place: (_state: { total: number }) => [placed] } });

// Which reducers there must be.

// @ts-expect-error the reducer of Cancelled is missing
defineAggregate({ ...sound, evolve: { Placed } });

// @ts-expect-error there is no event Shipped
defineAggregate({ ...sound, evolve: { Placed, Cancelled, Shipped: (state: Order) => state } });

// @ts-expect-error cents is a number
defineAggregate({ ...sound, evolve: { Cancelled, Placed: (state: Order, _data: { cents: string }) => state } });

// @ts-expect-error a reducer gives the whole state
defineAggregate({ ...sound, evolve: { Placed, Cancelled: () => ({ cents: 0 }) } });

// @ts-expect-error a reducer changes the state at once
defineAggregate({ ...sound, evolve: { Placed, Cancelled: async (state: Order) => state } });

// What a repository executes.

// @ts-expect-error there is no command ship
repository.execute('1', 'ship', 5);

// @ts-expect-error place takes a number
repository.execute('1', 'place', '5');

// @ts-expect-error place needs its input
repository.execute('1', 'place');

// @ts-expect-error why is one of two words
repository.decide('1', 'cancel', { why: 'bored' });

// @ts-expect-error an expected version is a number
repository.execute('1', 'place', 5, { expectedVersion: '3' });

// Where a position comes from: only from reading and appending.

expectTypeOf(startOf('order-1')).toEqualTypeOf<Position>();
expectTypeOf(endOf(commit)).toEqualTypeOf<Position>();

// @ts-expect-error a version alone says nothing of where commits end
const fromNumber: Position = 7;

// @ts-expect-error an object that looks like a position is none
const fromLiteral: Position = { stream: 'order-1', version: 7 };

// @ts-expect-error the end of a commit is the end of a whole commit
endOf({ stream: 'order-1', last: 7 });

// @ts-expect-error an append follows a position
store.append({ after: { stream: 'order-1', version: 7 }, events: [], metadata: commit.metadata });

export { fromLiteral, fromNumber };
