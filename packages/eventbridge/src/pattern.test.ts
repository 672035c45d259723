import { expect, test } from 'vitest';
import { patternOf } from './pattern.js';

test('patternOf lets events of these types through, from this source', () => {
  expect(patternOf({ source: 'shop.orders', types: ['OrderPlaced', 'OrderCancelled'] })).toEqual({
    source: ['shop.orders'],
    'detail-type': ['OrderPlaced', 'OrderCancelled'],
  });
});
