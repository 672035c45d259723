import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../aggregate.js';
import { defineEvents, type EventData, type EventOf, type NewEvent } from '../events.js';
import { evolving } from './evolving.js';
import { readEvents } from './read-events.js';
import { severalEvents } from './several-events.js';
import type { validateReads } from './validate-reads.js';

/* Compiled, not run: what the compiler knows of events that evolve. */

const Placed = z.object({ orderId: z.string(), status: z.enum(['new', 'paid']) });
const fromNumber = ({ id }: { id: number }) => ({ orderId: String(id) });
const withStatus = ({ orderId }: { orderId: string }) => ({ orderId, status: 'new' as const });

// Everything but the old forms is inferred; what commands decide and reducers see is what the schema outputs.

const events = defineEvents({
  Placed: evolving(Placed, { revision: 3, upcast: { 1: fromNumber, 2: withStatus } }),
  Paid: evolving(z.object({ cents: z.bigint(), at: z.date() }), {
    revision: 2,
    upcast: { 1: (_: object) => ({ cents: '0', at: '2026-01-02T03:04:05.000Z' }) },
    codec: {
      encode: (data) => {
        expectTypeOf(data).toEqualTypeOf<{ cents: bigint; at: Date }>();
        return { cents: String(data.cents), at: data.at.toISOString() };
      },
      decode: (form) => {
        expectTypeOf(form).toEqualTypeOf<{ cents: string; at: string }>();
        return { cents: BigInt(form.cents), at: new Date(form.at) };
      },
    },
  }),
  Made: evolving(z.never(), { revision: 2, upcast: { 1: (_: object) => severalEvents([]) } }),
});

expectTypeOf<EventData<typeof events, 'Placed'>>().toEqualTypeOf<{ orderId: string; status: 'new' | 'paid' }>();
expectTypeOf<EventOf<typeof events>>().toEqualTypeOf<
  | NewEvent<'Placed', { orderId: string; status: 'new' | 'paid' }>
  | NewEvent<'Paid', { cents: bigint; at: Date }>
  | NewEvent<'Made', never>
>();

defineAggregate({
  category: 'order',
  events,
  initial: () => ({ cents: 0n }),
  evolve: { Placed: (state) => state, Paid: (_state, { cents }) => ({ cents }), Made: (state) => state },
  commands: { pay: (_state, cents: bigint) => [{ type: 'Paid', data: { cents, at: new Date(0) } }] },
  unknownEvents: 'skip',
});

// Checking what is read leaves the types as they are.

// It is asked for by the events, and where it was a setting once it must not be passed over.
const policy = { unknownEvents: 'skip', validateReads: true } as const;
// @ts-expect-error
readEvents(events, [], 'order-1', policy);
expectTypeOf<EventOf<ReturnType<typeof validateReads<typeof events>>>>().toEqualTypeOf<EventOf<typeof events>>();

// An upcaster may give what the next one takes, or several events.

evolving(Placed, {
  revision: 2,
  upcast: { 1: ({ id }: { id: number }) => (id > 0 ? withStatus(fromNumber({ id })) : severalEvents([])) },
});

// @ts-expect-error the second upcaster takes a text for orderId
evolving(Placed, { revision: 3, upcast: { 1: ({ id }: { id: number }) => ({ orderId: id }), 2: withStatus } });

// @ts-expect-error the last upcaster leaves the status out
evolving(Placed, { revision: 2, upcast: { 1: fromNumber } });

// @ts-expect-error a list is data, and not several events
evolving(Placed, { revision: 2, upcast: { 1: ({ id }: { id: number }) => [{ type: 'Placed', data: id }] } });

// @ts-expect-error without a codec there is nothing but upcasters to evolve by
evolving(Placed, { revision: 2 });

const text = z.object({ cents: z.bigint() });
const encode = ({ cents }: { cents: bigint }) => ({ cents: String(cents) });

const decodeNumber = ({ cents }: { cents: number }) => ({ cents: BigInt(cents) });

// @ts-expect-error the codec decodes what it encoded
evolving(text, { revision: 1, codec: { encode, decode: decodeNumber } });

// @ts-expect-error a codec decodes to what the schema outputs
evolving(text, { revision: 1, codec: { encode, decode: (form) => form } });

const decode = ({ cents }: { cents: string }) => ({ cents: BigInt(cents) });

// @ts-expect-error upcasters give what is decoded, not what it is decoded to
evolving(text, { revision: 2, upcast: { 1: (_: object) => ({ cents: 0n }) }, codec: { encode, decode } });

// @ts-expect-error there are two policies
defineAggregate({ category: 'a', events: {}, initial: () => 0, evolve: {}, commands: {}, unknownEvents: 'ignore' });
