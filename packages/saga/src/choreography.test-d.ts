import { defineEvents } from '@everfold/core';
import { z } from 'zod';
import { choreography } from './choreography.js';

/* Compiled, not run: what the compiler refuses of a choreography. Each part below is right; a refusal spoils one. */

const order = z.object({ orderId: z.string() });
const because = order.extend({ reason: z.string() });
const events = defineEvents({
  OrderPlaced: order.extend({ amountCents: z.number() }),
  InventoryReserved: order.extend({ reservation: z.string() }),
  InventoryRejected: because,
  InventoryReleased: order,
  PaymentCaptured: order.extend({ chargeId: z.string() }),
  PaymentDeclined: because,
  PaymentRefunded: order,
  ShipmentDispatched: order,
  ShippingFailed: because,
  CustomerThanked: order,
  OrderCompleted: order,
  OrderCancelled: because,
});

const options = { name: 'fulfilment', version: 1, start: 'OrderPlaced', key: 'orderId', events } as const;
const orderId = 'o1';
const reserve = {
  by: 'inventory',
  effect: 'store',
  on: 'OrderPlaced',
  ok: 'InventoryReserved',
  fails: ['InventoryRejected'],
  run: async () => ({ type: 'InventoryReserved', data: { orderId, reservation: 'r1' } }) as const,
  undo: { ok: 'InventoryReleased', run: async () => ({ type: 'InventoryReleased', data: { orderId } }) as const },
} as const;
const charge = {
  by: 'payment',
  on: 'InventoryReserved',
  ok: 'PaymentCaptured',
  fails: ['PaymentDeclined'],
  run: async () => ({ type: 'PaymentCaptured', data: { orderId, chargeId: 'c1' } }) as const,
  undo: { ok: 'PaymentRefunded', run: async () => ({ type: 'PaymentRefunded', data: { orderId } }) as const },
  timeout: {
    after: '15m',
    fail: async () => ({ type: 'PaymentDeclined', data: { orderId, reason: 'late' } }) as const,
  },
} as const;
const ship = {
  by: 'shipping',
  on: 'PaymentCaptured',
  ok: 'ShipmentDispatched',
  fails: ['ShippingFailed'],
  run: async () => ({ type: 'ShipmentDispatched', data: { orderId } }) as const,
} as const;
const thank = {
  by: 'mail',
  on: 'ShipmentDispatched',
  ok: 'CustomerThanked',
  run: async () => ({ type: 'CustomerThanked', data: { orderId } }) as const,
} as const;
const end = {
  done: { on: 'ShipmentDispatched', emit: 'OrderCompleted', data: () => ({ orderId }) },
  cancelled: { emit: 'OrderCancelled', data: () => ({ orderId, reason: 'rejected' }) },
} as const;

const begun = choreography(options);
const reserved = begun.step('reserve', reserve);
const charged = reserved.step('charge', charge);
const shipped = charged.pivot('ship', ship);
const thanked = shipped.step('thank', thank);
thanked.end(end);

// The key: a field that every event has, as a string.
{
  // @ts-expect-error amountCents is in OrderPlaced only
  choreography({ ...options, key: 'amountCents' });
  const counted = defineEvents({ OrderPlaced: z.object({ orderId: z.number() }) });
  // @ts-expect-error orderId is a number here
  choreography({ ...options, key: 'orderId', events: counted });
  const optional = defineEvents({ OrderPlaced: z.object({ orderId: z.string().optional() }) });
  // @ts-expect-error orderId may be missing here
  choreography({ ...options, key: 'orderId', events: optional });
}

// The start: one of the events.
// @ts-expect-error there is no OrderMade
choreography({ ...options, start: 'OrderMade' });

// Triggers: the start, or what an earlier step succeeds with.
{
  // @ts-expect-error there is no OrderMade
  begun.step('reserve', { ...reserve, on: 'OrderMade' });
  // @ts-expect-error nobody has produced PaymentCaptured yet, so this could be a cycle
  begun.step('reserve', { ...reserve, on: 'PaymentCaptured' });
  // @ts-expect-error a step cannot trigger itself
  begun.step('reserve', { ...reserve, on: 'InventoryReserved' });
  // @ts-expect-error upon a failure there is only compensation
  reserved.step('charge', { ...charge, on: 'InventoryRejected' });
  // @ts-expect-error upon a compensation as well
  reserved.step('charge', { ...charge, on: 'InventoryReleased' });
  // @ts-expect-error nor is the end a step away
  charged.end({ ...end, done: { ...end.done, on: 'ShipmentDispatched' } });
}

// Producers: each event has one.
{
  // @ts-expect-error the start is there before any step
  begun.step('reserve', { ...reserve, ok: 'OrderPlaced' });
  // @ts-expect-error "reserve" succeeds with it
  reserved.step('charge', { ...charge, ok: 'InventoryReserved' });
  // @ts-expect-error "reserve" fails with it
  reserved.step('charge', { ...charge, fails: ['InventoryRejected'] });
  // @ts-expect-error both the success and a failure
  begun.step('reserve', { ...reserve, fails: ['InventoryReserved'] });
  // @ts-expect-error both the success and the compensation
  begun.step('reserve', { ...reserve, undo: { ...reserve.undo, ok: 'InventoryReserved' } });
  // @ts-expect-error both a failure and the compensation
  begun.step('reserve', { ...reserve, undo: { ...reserve.undo, ok: 'InventoryRejected' } });
  // @ts-expect-error "reserve" is undone with it
  reserved.step('charge', { ...charge, undo: { ...charge.undo, ok: 'InventoryReleased' } });
  // @ts-expect-error "reserve" is undone with it
  reserved.pivot('ship', { ...ship, on: 'InventoryReserved', ok: 'InventoryReleased' });
  // @ts-expect-error both the success and a failure
  charged.pivot('ship', { ...ship, fails: ['ShipmentDispatched'] });
  // @ts-expect-error "ship" succeeds with it
  shipped.step('thank', { ...thank, ok: 'ShipmentDispatched' });
  // @ts-expect-error "ship" succeeds with it
  thanked.end({ ...end, done: { ...end.done, emit: 'ShipmentDispatched' } });
  // @ts-expect-error "ship" fails with it
  thanked.end({ ...end, cancelled: { ...end.cancelled, emit: 'ShippingFailed' } });
  // @ts-expect-error both ends
  thanked.end({ ...end, cancelled: { ...end.cancelled, emit: 'OrderCompleted' } });
  // @ts-expect-error nobody thanks the customer
  shipped.end(end);
}

// Payloads: the data of the event named.
{
  // @ts-expect-error the reservation is missing
  begun.step('reserve', { ...reserve, run: async () => ({ type: 'InventoryReserved', data: { orderId } }) });
  // @ts-expect-error the reason is missing
  begun.step('reserve', { ...reserve, run: async () => ({ type: 'InventoryRejected', data: { orderId } }) });
  const released = { type: 'InventoryReleased', data: {} } as const;
  // @ts-expect-error the order is missing
  begun.step('reserve', { ...reserve, undo: { ok: 'InventoryReleased', run: async () => released } });
  const declined = { type: 'PaymentDeclined', data: { orderId } } as const;
  // @ts-expect-error the reason is missing
  reserved.step('charge', { ...charge, timeout: { after: '15m', fail: async () => declined } });
  // @ts-expect-error the order is missing
  thanked.end({ ...end, done: { ...end.done, data: () => ({}) } });
  // @ts-expect-error the reason is missing
  thanked.end({ ...end, cancelled: { ...end.cancelled, data: () => ({ orderId }) } });
}

// Outcomes: those declared, and no other.
{
  const declined = { type: 'PaymentDeclined', data: { orderId, reason: 'stolen card' } } as const;
  // @ts-expect-error a failure that "reserve" does not declare
  begun.step('reserve', { ...reserve, run: async () => declined });
  // @ts-expect-error the compensation is not an outcome of run
  begun.step('reserve', { ...reserve, run: reserve.undo.run });
  // @ts-expect-error and the success not one of undo
  begun.step('reserve', { ...reserve, undo: { ok: 'InventoryReleased', run: reserve.run } });
  // @ts-expect-error the end of what is unknown is a failure
  reserved.step('charge', { ...charge, timeout: { after: '15m', fail: charge.run } });
  // @ts-expect-error a failure after the pivot
  shipped.step('thank', { ...thank, run: async () => declined });
}

// Shapes: what each kind of step must and must not have.
{
  const { undo, ...withoutUndo } = reserve;
  // @ts-expect-error before the pivot every step can be undone
  begun.step('reserve', withoutUndo);
  const { timeout, ...withoutTimeout } = charge;
  // @ts-expect-error a step that acts outside may never answer
  reserved.step('charge', withoutTimeout);
  // @ts-expect-error nor may one that says so
  reserved.step('charge', { ...withoutTimeout, effect: 'outside' });
  // @ts-expect-error a step that acts in the store only is never in doubt
  reserved.step('charge', { ...charge, effect: 'store' });
  // @ts-expect-error 15 what?
  reserved.step('charge', { ...charge, timeout: { ...timeout, after: '15' } });
  const undonePivot = { ...ship, undo } as const;
  // @ts-expect-error the pivot is not undone
  charged.pivot('ship', undonePivot);
  const failing = { ...thank, fails: ['OrderCancelled'] } as const;
  // @ts-expect-error after the pivot nothing fails
  shipped.step('thank', failing);
  const undone = { ...thank, undo } as const;
  // @ts-expect-error nor is anything undone
  shipped.step('thank', undone);
  const timed = { ...thank, timeout } as const;
  // @ts-expect-error nor given up
  shipped.step('thank', timed);
  // @ts-expect-error there is one pivot
  shipped.pivot('again', { ...ship, on: 'ShipmentDispatched', ok: 'CustomerThanked', fails: [] });
  // @ts-expect-error what hangs on an event before the pivot may have to be taken back
  shipped.step('thank', { ...thank, on: 'OrderPlaced' });
  // @ts-expect-error and nothing is done before the pivot
  thanked.end({ ...end, done: { ...end.done, on: 'PaymentCaptured' } });
}
