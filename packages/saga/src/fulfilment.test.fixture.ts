import {
  createRepository,
  defineAggregate,
  defineEvents,
  type EventStore,
  isEverfoldError,
  type Metadata,
  type RecordedEvent,
  RejectedError,
  recordedEvents,
  startOf,
} from '@everfold/core';
import { z } from 'zod';
import type { FakeProvider } from './bench.test.fixture.js';
import { choreography } from './choreography.js';
import type { SagaStep } from './step.js';

/* The saga of the tests: reserve in the store, charge outside, ship. */

const order = z.object({ orderId: z.string() });
const events = defineEvents({
  OrderPlaced: order.extend({ amountCents: z.number().int() }),
  InventoryReserved: order,
  InventoryRejected: order,
  InventoryReleased: order,
  PaymentCaptured: order.extend({ chargeId: z.string() }),
  PaymentDeclined: order.extend({ reason: z.string() }),
  PaymentRefunded: order,
  ShipmentDispatched: order,
  ShippingFailed: order,
  OrderCompleted: order,
  OrderCancelled: order.extend({ reason: z.string() }),
});

/** Units of the one product there is. */
const stock = defineAggregate({
  category: 'stock',
  events: defineEvents({ UnitsReceived: z.object({ units: z.number() }), UnitReserved: order, UnitReleased: order }),
  initial: () => ({ units: 0 }),
  evolve: {
    UnitsReceived: ({ units }, received) => ({ units: units + received.units }),
    UnitReserved: ({ units }) => ({ units: units - 1 }),
    UnitReleased: ({ units }) => ({ units: units + 1 }),
  },
  commands: {
    receive: (_state, units: number) => [{ type: 'UnitsReceived', data: { units } }],
    reserve: ({ units }, orderId: string) => {
      if (units < 1) throw new RejectedError('OUT_OF_STOCK', 'No unit is left.');
      return [{ type: 'UnitReserved', data: { orderId } }];
    },
    release: (_state, orderId: string) => [{ type: 'UnitReleased', data: { orderId } }],
  },
});

export function stockIn(store: EventStore) {
  return createRepository(stock, { store });
}
type Stock = ReturnType<typeof stockIn>;

export const fulfilment = choreography({ name: 'fulfilment', version: 3, start: 'OrderPlaced', key: 'orderId', events })
  .step('reserve', {
    by: 'inventory',
    effect: 'store',
    on: 'OrderPlaced',
    ok: 'InventoryReserved',
    fails: ['InventoryRejected'],
    run: async ({ key }, units: Stock) => {
      try {
        const decision = await units.decide('lamp', 'reserve', key);
        return { type: 'InventoryReserved', data: { orderId: key }, decisions: decision ? [decision] : [] };
      } catch (error) {
        if (!isEverfoldError(error, 'REJECTED')) throw error;
        return { type: 'InventoryRejected', data: { orderId: key } };
      }
    },
    undo: {
      ok: 'InventoryReleased',
      run: async ({ key }, units) => {
        const decision = await units.decide('lamp', 'release', key);
        return { type: 'InventoryReleased', data: { orderId: key }, decisions: decision ? [decision] : [] };
      },
    },
  })
  .step('charge', {
    by: 'payment',
    on: 'InventoryReserved',
    ok: 'PaymentCaptured',
    fails: ['PaymentDeclined'],
    run: async ({ key, idempotencyKey }, provider: FakeProvider) =>
      (await provider.act(idempotencyKey))
        ? { type: 'PaymentCaptured', data: { orderId: key, chargeId: `charge of ${key}` } }
        : { type: 'PaymentDeclined', data: { orderId: key, reason: 'no funds' } },
    undo: {
      ok: 'PaymentRefunded',
      run: async ({ key, idempotencyKey }, provider) => {
        await provider.takeBack(idempotencyKey);
        return { type: 'PaymentRefunded', data: { orderId: key } };
      },
    },
    timeout: {
      after: '15m',
      fail: async ({ key, idempotencyKey }, provider) => {
        await provider.void(idempotencyKey);
        return { type: 'PaymentDeclined', data: { orderId: key, reason: 'no answer' } };
      },
    },
  })
  .pivot('ship', {
    by: 'shipping',
    on: 'PaymentCaptured',
    ok: 'ShipmentDispatched',
    fails: ['ShippingFailed'],
    run: async ({ key, idempotencyKey }, carrier: FakeProvider) => ({
      type: (await carrier.act(idempotencyKey)) ? 'ShipmentDispatched' : 'ShippingFailed',
      data: { orderId: key },
    }),
  })
  .end({
    done: { on: 'ShipmentDispatched', emit: 'OrderCompleted', data: ({ data }) => ({ orderId: data.orderId }) },
    cancelled: { emit: 'OrderCancelled', data: (cause, key) => ({ orderId: key, reason: cause.type }) },
  });

/** The saga with some of a step replaced. */
export function fulfilmentWith(
  name: string,
  more: Partial<SagaStep>,
  saga: Pick<typeof fulfilment, 'events'> = fulfilment,
) {
  const steps = fulfilment.steps.map((step) => (step.name === name ? { ...step, ...more } : step));
  return { ...fulfilment, events: saga.events, steps };
}

const asked: Metadata = { correlationId: 'request-1', causationId: 'command-1', actor: 'ann' };

/** Records an order as placed, and hands back the event. */
export async function placeOrder(
  store: EventStore,
  orderId = 'o1',
  metadata: Metadata = asked,
): Promise<RecordedEvent> {
  return record(store, `order-${orderId}`, { type: 'OrderPlaced', data: { orderId, amountCents: 1_250 } }, metadata);
}

/** Records an event as the first of a stream, and hands it back. */
export async function record(
  store: EventStore,
  stream: string,
  event: { readonly type: string; readonly data: unknown },
  metadata: Metadata = asked,
): Promise<RecordedEvent> {
  const [recorded] = recordedEvents(await store.append({ after: startOf(stream), events: [event], metadata }));
  if (recorded === undefined) throw new Error('The commit has no event.');
  return recorded;
}
