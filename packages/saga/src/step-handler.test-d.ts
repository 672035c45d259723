import { defineEvents, InMemoryEventStore, type RecordedEvent } from '@everfold/core';
import type { BusHandler } from '@everfold/eventbridge';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import { choreography } from './choreography.js';
import { createEndHandler } from './end-handler.js';
import { endPattern, stepPattern } from './patterns.js';
import { createStepHandler } from './step-handler.js';
import type { Timers } from './timers/timers.js';

/* Compiled, not run: what the compiler knows inside a step's functions, and what it asks of whoever makes the handler. */

interface Provider {
  charge(cents: number, idempotencyKey: string): Promise<string>;
  refund(chargeId: string): Promise<void>;
}
interface Points {
  take(orderId: string): void;
}
const provider: Provider = { charge: async () => 'c1', refund: async () => undefined };

const order = z.object({ orderId: z.string() });
const events = defineEvents({
  OrderPlaced: order.extend({ amountCents: z.number() }),
  PointsGranted: order,
  PointsTaken: order,
  PaymentCaptured: order.extend({ chargeId: z.string() }),
  PaymentDeclined: order.extend({ reason: z.string() }),
  PaymentRefunded: order,
  ShipmentDispatched: order.extend({ parcel: z.number() }),
  ShippingFailed: order,
  OrderCompleted: order,
  OrderCancelled: order,
});

const saga = choreography({ name: 'fulfilment', version: 1, start: 'OrderPlaced', key: 'orderId', events })
  .step('points', {
    by: 'loyalty',
    effect: 'store',
    on: 'OrderPlaced',
    ok: 'PointsGranted',
    fails: [],
    run: async ({ key }) => ({ type: 'PointsGranted', data: { orderId: key } }),
    undo: {
      ok: 'PointsTaken',
      run: async ({ key }, services: Points) => {
        services.take(key);
        return { type: 'PointsTaken', data: { orderId: key } };
      },
    },
  })
  .step('charge', {
    by: 'payment',
    on: 'OrderPlaced',
    ok: 'PaymentCaptured',
    fails: ['PaymentDeclined'],
    run: async ({ event, key, idempotencyKey }, services: Provider) => {
      expectTypeOf(event).toEqualTypeOf<RecordedEvent<'OrderPlaced', { orderId: string; amountCents: number }>>();
      expectTypeOf(key).toBeString();
      const chargeId = await services.charge(event.data.amountCents, idempotencyKey);
      return { type: 'PaymentCaptured', data: { orderId: key, chargeId } };
    },
    undo: {
      ok: 'PaymentRefunded',
      run: async ({ outcome, cause, key }, services: Provider) => {
        expectTypeOf(outcome).toEqualTypeOf<{ orderId: string; chargeId: string }>();
        expectTypeOf(cause).toEqualTypeOf<RecordedEvent>();
        await services.refund(outcome.chargeId);
        return { type: 'PaymentRefunded', data: { orderId: key } };
      },
    },
    timeout: {
      after: '15m',
      fail: async ({ event }) => {
        expectTypeOf(event.data).toEqualTypeOf<{ orderId: string; amountCents: number }>();
        return { type: 'PaymentDeclined', data: { orderId: event.data.orderId, reason: 'late' } };
      },
    },
  })
  .pivot('ship', {
    by: 'shipping',
    on: 'PaymentCaptured',
    ok: 'ShipmentDispatched',
    fails: ['ShippingFailed'],
    run: async ({ event }) => {
      expectTypeOf(event.data).toEqualTypeOf<{ orderId: string; chargeId: string }>();
      return { type: 'ShipmentDispatched', data: { orderId: event.data.orderId, parcel: 7 } };
    },
  })
  .end({
    done: {
      on: 'ShipmentDispatched',
      emit: 'OrderCompleted',
      data: (event) => {
        expectTypeOf(event).toEqualTypeOf<RecordedEvent<'ShipmentDispatched', { orderId: string; parcel: number }>>();
        return { orderId: event.data.orderId };
      },
    },
    cancelled: {
      emit: 'OrderCancelled',
      data: (cause, key) => {
        expectTypeOf(cause).toEqualTypeOf<RecordedEvent>();
        return { orderId: key };
      },
    },
  });

const store = new InMemoryEventStore();
const timers: Timers = { set: async () => undefined };

// What a step's functions need, its handler is to be given.
expectTypeOf(createStepHandler(saga, 'charge', { store, timers, services: provider })).toEqualTypeOf<BusHandler>();
// @ts-expect-error they cannot refund
createStepHandler(saga, 'charge', { store, timers, services: { charge: provider.charge } });
// @ts-expect-error an amount is not given as text
createStepHandler(saga, 'charge', { store, timers, services: { ...provider, charge: async (cents: string) => cents } });
// @ts-expect-error the services are missing
createStepHandler(saga, 'charge', { store, timers });
// @ts-expect-error the store is missing
createStepHandler(saga, 'charge', { timers, services: provider });
// @ts-expect-error the timers are missing
createStepHandler(saga, 'charge', { store, services: provider });

// So with a step of which only undo needs something.
createStepHandler(saga, 'points', {
  store,
  timers,
  services: { take: (orderId) => expectTypeOf(orderId).toBeString() },
});
// @ts-expect-error the services are missing
createStepHandler(saga, 'points', { store, timers });
// @ts-expect-error those are the services of "charge"
createStepHandler(saga, 'points', { store, timers, services: provider });

// A step that needs nothing is to be given nothing.
createStepHandler(saga, 'ship', { store, timers });
// @ts-expect-error "ship" needs no services
createStepHandler(saga, 'ship', { store, timers, services: provider });

// Steps go by their names.
// @ts-expect-error there is no step "pay"
createStepHandler(saga, 'pay', { store, timers });
// @ts-expect-error there is no step "pay"
stepPattern(saga, 'pay', 'shop');
stepPattern(saga, 'charge', 'shop');
endPattern(saga, 'shop');
expectTypeOf(createEndHandler(saga, { store })).toEqualTypeOf<BusHandler>();
