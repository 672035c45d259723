import { defineEvents, type RecordedEvent } from '@everfold/core';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import { createBusHandler } from './consumer.js';
import { fromDelivery } from './envelope.js';
import { patternOf } from './pattern.js';

/* Compiled, not run: what the compiler knows of an event that comes from the bus. */

const events = defineEvents({
  OrderPlaced: z.object({ orderId: z.string(), amountCents: z.number() }),
  OrderCancelled: z.object({ orderId: z.string(), reason: z.string() }),
});

type Placed = RecordedEvent<'OrderPlaced', { orderId: string; amountCents: number }>;
type Cancelled = RecordedEvent<'OrderCancelled', { orderId: string; reason: string }>;

const handler = createBusHandler(events, async (event) => {
  expectTypeOf(event).toEqualTypeOf<Placed | Cancelled>();
  if (event.type === 'OrderPlaced') expectTypeOf(event.data).toEqualTypeOf<Placed['data']>();
  else expectTypeOf(event.data).toEqualTypeOf<Cancelled['data']>();
  // @ts-expect-error not every event has an amount
  event.data.amountCents;
});
expectTypeOf(handler).returns.toEqualTypeOf<Promise<void>>();

// A rule that lets one event through has a handler of one event.
createBusHandler({ OrderPlaced: events.OrderPlaced }, async (event) => {
  expectTypeOf(event).toEqualTypeOf<Placed>();
});

// @ts-expect-error Lambda would not wait for it
createBusHandler(events, () => undefined);

expectTypeOf(fromDelivery<typeof events>).returns.resolves.toEqualTypeOf<readonly (Placed | Cancelled)[]>();

// @ts-expect-error a rule without types would let everything through
patternOf({ source: 'shop', types: [] });
