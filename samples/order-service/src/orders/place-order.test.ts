import { describe, expect, it } from 'vitest';
import { PlaceOrder } from './place-order.js';

const body = { postcode: '1', amountCents: 500, acceptPartial: true };
const lines = [
  { productId: 'lamp', units: 1, amountCents: 300 },
  { productId: 'shade', units: 2, amountCents: 200 },
];

describe('an order', () => {
  it('is refused with what nobody would read', () => {
    const { error } = PlaceOrder.safeParse({ ...body, lines: [{ ...lines[0], colour: 'red' }], acceptPartial: false });

    expect(error?.issues).toMatchObject([{ path: ['lines', 0], message: expect.stringContaining('"colour"') }]);
  });
});

describe('an order of which a part will do', () => {
  it('says what each line costs, and is their sum', () => {
    expect(PlaceOrder.safeParse({ ...body, lines }).success).toBe(true);
  });

  it.each([
    ['with a line without its amount', { lines: [...lines, { productId: 'bulb', units: 1 }] }],
    ['of another sum', { lines, amountCents: 501 }],
  ])('is refused %s', (_what, wrong) => {
    const { error } = PlaceOrder.safeParse({ ...body, ...wrong });

    expect(error?.issues).toMatchObject([
      { path: ['amountCents'], message: expect.stringContaining('sum of the lines') },
    ]);
  });
});
