import { describe, expect, it } from 'vitest';
import { demandOf, RecordedOrder, toPlaceOrder } from './recorded-order.js';

const recorded = RecordedOrder.parse({
  orderId: 'o1',
  customerId: 'c1',
  placedAt: '2018-01-31T10:00:00Z',
  status: 'delivered',
  approvedAt: '2018-01-31T11:00:00Z',
  items: [
    { productId: 'p1', priceCents: 100, freightCents: 10 },
    { productId: 'p2', priceCents: 200, freightCents: 10 },
    { productId: 'p1', priceCents: 100, freightCents: 10 },
  ],
  payments: [
    { type: 'voucher', installments: 1, amountCents: 300 },
    { type: 'credit_card', installments: 2, amountCents: 130 },
  ],
});

describe('a recorded order', () => {
  it('is placed as it was recorded: a line for each product, and the sum of its payments', () => {
    expect(toPlaceOrder(recorded)).toEqual({
      orderId: 'o1',
      placedAt: '2018-01-31T10:00:00Z',
      lines: [
        { productId: 'p1', units: 2 },
        { productId: 'p2', units: 1 },
      ],
      amountCents: 430,
      paymentToken: 'tok_ok',
      postcode: 'anywhere',
    });
  });

  it('without items stands for one unit of an unlisted product', () => {
    expect(toPlaceOrder({ ...recorded, items: [] }).lines).toEqual([{ productId: 'unlisted', units: 1 }]);
  });

  it('that was unavailable asks for what was never received', () => {
    const unavailable = { ...recorded, status: 'unavailable' as const };

    expect(toPlaceOrder(unavailable).lines.map(({ productId }) => productId)).toEqual([
      'p1.never-received',
      'p2.never-received',
    ]);
    expect(demandOf(unavailable)).toEqual([]);
  });

  it('that was cancelled before it was approved pays with a declined card', () => {
    const placed = toPlaceOrder({ ...recorded, status: 'canceled', approvedAt: null });

    expect(placed).toMatchObject({ paymentToken: 'tok_declined', postcode: 'anywhere' });
  });

  it('that was cancelled later goes where the carrier does not', () => {
    const placed = toPlaceOrder({ ...recorded, status: 'canceled' });

    expect(placed).toMatchObject({ paymentToken: 'tok_ok', postcode: 'unreachable' });
  });
});
