import { defineEvents } from '@everfold/core';
import { z } from 'zod';
import type { FakeProvider } from '../bench.test.fixture.js';
import { choreography } from '../choreography.js';
import { all } from '../types.js';

/* Sagas to play: one that joins, waits and can be cancelled, and one in which another service has a part. */

const trip = z.object({ orderId: z.string() });

const bookingEvents = defineEvents({
  Asked: trip.extend({ cents: z.number() }),
  Withdrawn: trip,
  Approved: trip,
  Refused: trip.extend({ why: z.string() }),
  HotelBooked: trip,
  HotelFull: trip,
  HotelFreed: trip,
  CarBooked: trip,
  CarGone: trip,
  CarReturned: trip,
  Paid: trip,
  PaymentFailed: trip,
  Thanked: trip,
  TripBooked: trip,
  TripOff: trip.extend({ because: z.string() }),
});

/** Whoever asks for much needs an approval; a hotel and a car are booked side by side, then paid, then thanked for. */
export const booking = choreography({
  name: 'booking',
  version: 1,
  start: 'Asked',
  cancel: 'Withdrawn',
  key: 'orderId',
  events: bookingEvents,
})
  .waitWhen('approve', {
    by: 'desk',
    on: 'Asked',
    ok: 'Approved',
    fails: ['Refused'],
    when: ({ data }) => data.cents > 1_000,
    deadline: { after: '1d', fail: ({ key, why }) => ({ type: 'Refused', data: { orderId: key, why } }) },
  })
  .step('hotel', {
    by: 'hotels',
    on: all('Asked', 'Approved'),
    ok: 'HotelBooked',
    fails: ['HotelFull'],
    run: async ({ key, idempotencyKey }, hotels: FakeProvider) => ({
      type: (await hotels.act(idempotencyKey)) ? 'HotelBooked' : 'HotelFull',
      data: { orderId: key },
    }),
    undo: {
      ok: 'HotelFreed',
      run: async ({ key, idempotencyKey }, hotels) => {
        await hotels.takeBack(idempotencyKey);
        return { type: 'HotelFreed', data: { orderId: key } };
      },
    },
    timeout: {
      after: '15m',
      fail: async ({ key, idempotencyKey }, hotels) => {
        await hotels.void(idempotencyKey);
        return { type: 'HotelFull', data: { orderId: key } };
      },
    },
  })
  .step('car', {
    by: 'cars',
    on: all('Asked', 'Approved'),
    ok: 'CarBooked',
    fails: ['CarGone'],
    run: async ({ key, idempotencyKey }, cars: FakeProvider) => ({
      type: (await cars.act(idempotencyKey)) ? 'CarBooked' : 'CarGone',
      data: { orderId: key },
    }),
    undo: {
      ok: 'CarReturned',
      run: async ({ key, idempotencyKey }, cars) => {
        await cars.takeBack(idempotencyKey);
        return { type: 'CarReturned', data: { orderId: key } };
      },
    },
    timeout: {
      after: '15m',
      fail: async ({ key, idempotencyKey }, cars) => {
        await cars.void(idempotencyKey);
        return { type: 'CarGone', data: { orderId: key } };
      },
    },
  })
  .pivot('pay', {
    by: 'payment',
    on: all('HotelBooked', 'CarBooked'),
    ok: 'Paid',
    fails: ['PaymentFailed'],
    run: async ({ key, idempotencyKey }, bank: FakeProvider) => ({
      type: (await bank.act(idempotencyKey)) ? 'Paid' : 'PaymentFailed',
      data: { orderId: key },
    }),
    timeout: {
      after: '15m',
      fail: async ({ key, idempotencyKey }, bank) => {
        await bank.void(idempotencyKey);
        return { type: 'PaymentFailed', data: { orderId: key } };
      },
    },
  })
  .step('thank', {
    by: 'desk',
    on: 'Paid',
    ok: 'Thanked',
    effect: 'store',
    run: async ({ key }) => ({ type: 'Thanked', data: { orderId: key } }),
  })
  .end({
    done: { on: 'Thanked', emit: 'TripBooked', data: ({ data }) => data },
    cancelled: { emit: 'TripOff', data: (cause, key) => ({ orderId: key, because: cause.type }) },
  });

const deliveryEvents = defineEvents({
  Ordered: trip,
  Dropped: trip,
  Charged: trip,
  Declined: trip,
  RefundAsked: trip.extend({ because: z.string(), wasCharged: z.boolean() }),
  Refunded: trip,
  Packed: trip,
  Broken: trip,
  Unpacked: trip,
  Sent: trip,
  Lost: trip,
  Delivered: trip,
  OrderOff: trip.extend({ because: z.string() }),
});

/** Another service charges; then it is packed and sent. */
export const delivery = choreography({
  name: 'delivery',
  version: 1,
  start: 'Ordered',
  cancel: 'Dropped',
  key: 'orderId',
  events: deliveryEvents,
})
  .contract('charge', {
    by: 'bank',
    source: 'the.bank',
    on: 'Ordered',
    ok: 'Charged',
    fails: ['Declined'],
    undo: {
      ask: 'RefundAsked',
      data: ({ key, cause, outcome }) => ({ orderId: key, because: cause.type, wasCharged: outcome !== undefined }),
      ok: 'Refunded',
    },
    deadline: {
      after: '1h',
      fail: async ({ key, idempotencyKey }, bank: FakeProvider) => {
        await bank.void(idempotencyKey);
        return { type: 'Declined', data: { orderId: key } };
      },
    },
  })
  .step('pack', {
    by: 'warehouse',
    on: 'Charged',
    ok: 'Packed',
    fails: ['Broken'],
    run: async ({ key, idempotencyKey }, warehouse: FakeProvider) => ({
      type: (await warehouse.act(idempotencyKey)) ? 'Packed' : 'Broken',
      data: { orderId: key },
    }),
    undo: {
      ok: 'Unpacked',
      run: async ({ key, idempotencyKey }, warehouse) => {
        await warehouse.takeBack(idempotencyKey);
        return { type: 'Unpacked', data: { orderId: key } };
      },
    },
    timeout: {
      after: '15m',
      fail: async ({ key, idempotencyKey }, warehouse) => {
        await warehouse.void(idempotencyKey);
        return { type: 'Broken', data: { orderId: key } };
      },
    },
  })
  .pivot('send', {
    by: 'shipping',
    on: 'Packed',
    ok: 'Sent',
    fails: ['Lost'],
    run: async ({ key, idempotencyKey }, carrier: FakeProvider) => ({
      type: (await carrier.act(idempotencyKey)) ? 'Sent' : 'Lost',
      data: { orderId: key },
    }),
  })
  .end({
    done: { on: 'Sent', emit: 'Delivered', data: ({ data }) => data },
    cancelled: { emit: 'OrderOff', data: (cause, key) => ({ orderId: key, because: cause.type }) },
  });
