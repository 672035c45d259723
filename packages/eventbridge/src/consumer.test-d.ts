import { Logger } from '@aws-lambda-powertools/logger';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { defineEvents, type EventStore, type Metadata, type RecordedEvent, type StreamStore } from '@everfold/core';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import { createBusHandler } from './consumer.js';
import { fromDelivery } from './envelope.js';
import { patternOf } from './pattern.js';
import { createPublisher } from './publisher.js';

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

declare const store: EventStore;
declare const client: EventBridgeClient;
declare const decided: { after: Parameters<EventStore['append']>[0]['after']; events: [] } | undefined;
const remember = { store, consumer: 'notifications' };
declare const streamStore: StreamStore;
const small = { store: streamStore, consumer: 'notifications' };

createBusHandler(events, async (_event, { metadata }) => {
  expectTypeOf(metadata).toEqualTypeOf<Metadata>();
});

// What handling decides is written with the memory; without one, there is nothing that would write it.
createBusHandler(events, async (event) => (event.type === 'OrderPlaced' ? [decided] : undefined), { remember });
createBusHandler(events, async (_event) => {}, { remember });
createBusHandler(events, async () => [{ claim: { name: 'mail', value: '1' }, by: 'x' }, decided], { remember });
// @ts-expect-error the smaller store takes no claims
createBusHandler(events, async () => [{ claim: { name: 'mail', value: '1' }, by: 'x' }], { remember: small });
createBusHandler(events, async () => [decided], { remember: small });
// @ts-expect-error decisions without a memory
createBusHandler(events, async () => [decided]);
// @ts-expect-error neither a decision nor nothing
createBusHandler(events, async () => 'done', { remember });

// The logger of Powertools is one, and so is the console.
createBusHandler(events, async () => {}, { logger: new Logger() });
createBusHandler(events, async () => {}, { logger: console });

const bus = { client, busName: 'orders', source: 'shop', events };
createPublisher(bus);
createPublisher({
  ...bus,
  publish: {
    OrderPlaced: {
      as: 'shop.OrderPlaced',
      data: (event) => {
        expectTypeOf(event).toEqualTypeOf<Placed>();
        return { id: event.data.orderId };
      },
    },
    OrderCancelled: false,
  },
});
// @ts-expect-error every event has to be decided upon
createPublisher({ ...bus, publish: { OrderPlaced: true } });
// @ts-expect-error there is no such event
createPublisher({ ...bus, publish: { OrderPlaced: true, OrderCancelled: true, OrderPayed: true } });
