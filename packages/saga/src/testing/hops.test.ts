import { describe, test } from 'vitest';
import { FakeProvider } from '../bench.test.fixture.js';
import { fulfilment, stockIn } from '../fulfilment.test.fixture.js';
import { sagaFixture } from './saga-fixture.js';

const placed = { type: 'OrderPlaced', data: { orderId: 'o1', amountCents: 1_250 } } as const;

/** A shop that begins nothing nine hops from its origin, and has nobody who ships. */
function shop() {
  const carrier = new FakeProvider();
  carrier.refused.add('fulfilment/ship/o1');
  return sagaFixture(
    { ...fulfilment, maxHops: 9 },
    { services: ({ store }) => ({ reserve: stockIn(store), charge: new FakeProvider(), ship: carrier }) },
  ).also(({ store }) => stockIn(store).execute('lamp', 'receive', 5));
}

describe('the limit of hops', () => {
  test('refuses to start what is too far from its origin', async () => {
    const run = shop();

    await run.when(placed, { hops: 9 }).thenRefuses('reserve', 'TOO_MANY_HOPS');
    await run.thenLedger('reserve', 'empty');
  });

  test.each([2, 5, 8])('lets a run that has begun come to its end: begun at %i of 9', async (hops) => {
    await shop().when(placed, { hops }).thenEnded('OrderCancelled');
  });
});
