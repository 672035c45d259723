import { scenario } from '@everfold/core/testing';
import { describe, it } from 'vitest';
import { order } from './order.js';

const asked = {
  customerId: 'ada',
  placedAt: '2018-01-31T10:00:00Z',
  lines: [{ productId: 'lamp', units: 2 }],
  amountCents: 9_980,
  paymentToken: 'tok_ok',
  postcode: '01310-100',
};

const placed = { type: 'OrderPlaced' as const, data: { orderId: 'o1', order: asked } };
const mine = { orderId: 'o1', customerId: 'ada' };
const now = '2018-02-01T00:00:00Z';

describe('an order', () => {
  it('is placed', async () => {
    await scenario(order)
      .given([])
      .when('place', { orderId: 'o1', now, ...asked })
      .thenEvents([placed]);
  });

  it('is placed at the time when it comes, if it brings none', async () => {
    await scenario(order)
      .given([])
      .when('place', { orderId: 'o1', now, ...asked, placedAt: undefined })
      .thenEvents([{ type: 'OrderPlaced', data: { orderId: 'o1', order: { ...asked, placedAt: now } } }]);
  });

  it('is placed once, however often the same order comes', async () => {
    for (const placedAt of [asked.placedAt, undefined]) {
      await scenario(order)
        .given([placed])
        .when('place', { orderId: 'o1', now, ...asked, placedAt })
        .thenEvents([]);
    }
  });

  it('is the same order where it differs in nothing that is recorded', async () => {
    const free = { ...placed, data: { orderId: 'o1', order: { ...asked, amountCents: 0 } } };

    await scenario(order)
      .given([free])
      .when('place', { orderId: 'o1', now, ...asked, amountCents: -0, acceptPartial: undefined as never })
      .thenEvents([]);
  });

  it('is asked to be cancelled once', async () => {
    const cancelled = { type: 'CancellationRequested' as const, data: { orderId: 'o1', reason: 'too late' } };

    await scenario(order)
      .given([placed])
      .when('cancel', { ...mine, reason: 'too late' })
      .thenEvents([cancelled]);
    await scenario(order)
      .given([placed, cancelled])
      .when('cancel', { ...mine, reason: 'again' })
      .thenEvents([]);
  });

  it('cannot be cancelled before it is there', async () => {
    await scenario(order)
      .given([])
      .when('cancel', { ...mine, reason: '' })
      .thenRejects('ORDER_NOT_FOUND');
    await scenario(order)
      .given([])
      .when('cancel', { ...mine, customerId: undefined, reason: '' })
      .thenRejects('ORDER_NOT_FOUND');
  });

  it('is not there for another customer who would cancel it, and is for staff', async () => {
    const cancelled = { type: 'CancellationRequested' as const, data: { orderId: 'o1', reason: 'fraud' } };

    await scenario(order)
      .given([placed])
      .when('cancel', { ...mine, customerId: 'eve', reason: 'fraud' })
      .thenRejects('ORDER_NOT_FOUND');
    await scenario(order)
      .given([placed])
      .when('cancel', { ...mine, customerId: undefined, reason: 'fraud' })
      .thenEvents([cancelled]);
  });

  it('is not replaced by another under its id', async () => {
    const others = [
      { amountCents: 9_981 },
      { lines: [{ productId: 'lamp', units: 3 }] },
      { placedAt: '2018-01-31T10:00:01Z' },
    ];
    for (const other of others) {
      await scenario(order)
        .given([placed])
        .when('place', { orderId: 'o1', now, ...asked, ...other })
        .thenRejects('ORDER_ALREADY_PLACED');
    }
  });
});
