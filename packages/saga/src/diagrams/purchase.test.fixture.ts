import { defineEvents } from '@everfold/core';
import { z } from 'zod';
import { choreography } from '../choreography.js';
import { all } from '../types.js';

/* A saga that has everything: two branches, a join, an optional wait, a contract, a cancellation, two steps after the pivot. */

const order = z.object({ orderId: z.string() });
const because = order.extend({ reason: z.string() });

const events = defineEvents({
  OrderPlaced: order.extend({ amountCents: z.int() }),
  CancelRequested: because,
  StockReserved: order.extend({ amountCents: z.int() }),
  StockRejected: because,
  StockReleased: order,
  OrderApproved: order,
  OrderRefused: because,
  TruckBooked: order,
  TruckRefused: because,
  TruckReturnRequested: because,
  TruckReturned: order,
  PaymentCaptured: order.extend({ chargeId: z.string() }),
  PaymentDeclined: because,
  PaymentRefunded: order,
  ShipmentDispatched: order,
  ShippingFailed: because,
  StockIssued: order,
  CustomerNotified: order,
  OrderCompleted: order,
  OrderCancelled: because,
});

const refuse = async (): Promise<never> => {
  throw new Error('Nothing of this saga is ever run but what a rehearsal puts in its place.');
};

/** Place, reserve and approve beside booking a truck; charge, ship, then issue and notify. */
export const purchase = choreography({
  name: 'purchase',
  version: 2,
  start: 'OrderPlaced',
  key: 'orderId',
  cancel: 'CancelRequested',
  within: '7d',
  events,
})
  .step('reserve', {
    by: 'inventory',
    effect: 'store',
    on: 'OrderPlaced',
    ok: 'StockReserved',
    fails: ['StockRejected'],
    run: refuse,
    undo: { ok: 'StockReleased', run: refuse },
  })
  .waitWhen('approve', {
    by: 'back office',
    on: 'StockReserved',
    when: ({ data }) => data.amountCents > 100_000,
    ok: 'OrderApproved',
    fails: ['OrderRefused'],
    deadline: { after: '2d', fail: ({ key }) => ({ type: 'OrderRefused', data: { orderId: key, reason: 'nobody' } }) },
  })
  .contract('book', {
    by: 'haulier',
    source: 'haulier.bookings',
    on: 'OrderPlaced',
    ok: 'TruckBooked',
    fails: ['TruckRefused'],
    undo: {
      ask: 'TruckReturnRequested',
      data: ({ key, cause }) => ({ orderId: key, reason: cause.type }),
      ok: 'TruckReturned',
    },
    deadline: { after: '1h' },
  })
  .step('charge', {
    by: 'payment',
    on: all('StockReserved', 'OrderApproved', 'TruckBooked'),
    ok: 'PaymentCaptured',
    fails: ['PaymentDeclined'],
    run: refuse,
    undo: { ok: 'PaymentRefunded', run: refuse },
    timeout: { after: '15m', fail: refuse },
  })
  .pivot('ship', {
    by: 'shipping',
    on: 'PaymentCaptured',
    ok: 'ShipmentDispatched',
    fails: ['ShippingFailed'],
    retry: { attempts: 8, first: '30s', longest: '10m' },
    run: refuse,
  })
  .step('issue', {
    by: 'inventory',
    effect: 'store',
    on: 'ShipmentDispatched',
    ok: 'StockIssued',
    run: refuse,
  })
  .step('notify', { by: 'mail', on: 'ShipmentDispatched', ok: 'CustomerNotified', run: refuse })
  .end({
    done: {
      on: all('StockIssued', 'CustomerNotified'),
      emit: 'OrderCompleted',
      data: ({ data }) => ({ orderId: data.orderId }),
    },
    cancelled: { emit: 'OrderCancelled', data: (cause, orderId) => ({ orderId, reason: cause.type }) },
  });
