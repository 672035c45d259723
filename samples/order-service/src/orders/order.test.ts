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

describe('an order', () => {
  it('is placed', async () => {
    await scenario(order)
      .given([])
      .when('place', { orderId: 'o1', ...asked })
      .thenEvents([{ type: 'OrderPlaced', data: { orderId: 'o1', order: asked } }]);
  });

  it('is placed once', async () => {
    await scenario(order)
      .given([{ type: 'OrderPlaced', data: { orderId: 'o1', order: asked } }])
      .when('place', { orderId: 'o1', ...asked })
      .thenRejects('ORDER_ALREADY_PLACED');
  });
});
