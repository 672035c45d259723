import { expect, test } from 'vitest';
import { apply, lines, newOrder, orderPlaced } from './order.js';

test('an event has about 450 bytes of JSON', () => {
  const events = lines('1f0c2b6e-8a51-4f0e-9a3a-2d8c1f6b7e90', 500, 100);
  const bytes = events.map((event) => Buffer.byteLength(JSON.stringify(event)));

  expect(Math.min(...bytes)).toBeGreaterThan(420);
  expect(Math.max(...bytes)).toBeLessThan(500);
});

test('a line is the same whenever it is made', () => {
  expect(lines('7', 1, 3)).toEqual(lines('7', 1, 3));
  expect(lines('7', 1, 3)).not.toEqual(lines('8', 1, 3));
});

test('an order is the fold of its events', () => {
  const events = lines('7', 1, 2);
  const [first, second] = events.flatMap((event) => (event.type === 'LineAdded' ? [event.data] : []));

  const order = [orderPlaced('7'), ...events].reduce(apply, newOrder);

  expect(order).toMatchObject({ status: 'placed', currency: 'EUR', lines: 2, lastSku: second?.product.sku });
  expect(order.units).toBe((first?.units ?? 0) + (second?.units ?? 0));
});
