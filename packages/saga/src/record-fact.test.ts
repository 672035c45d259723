import { expect, test } from 'vitest';
import { deliveryOf, FakeProvider, stillClock, WatchedStore } from './bench.test.fixture.js';
import { record } from './fulfilment.test.fixture.js';
import { createFactRecorder } from './record-fact.js';
import type { AnySaga, Saga } from './saga.js';
import { handlerOf, pivot, trip, wait } from './trip.test.fixture.js';
import { startMetadata } from './versions.js';

const saga: AnySaga = trip([wait('Ask', 'Placed'), pivot('Pay', 'AskDone')], { version: 4 });
const data = { orderId: 'o1' };

async function waiting() {
  const store = new WatchedStore();
  const metadata = { correlationId: 'request-9', causationId: 'k', hops: 3, ...startMetadata(saga) };
  const placed = await record(store.inner, 'order-o1', { type: 'Placed', data }, metadata);
  await handlerOf(saga, 'Ask', store, new FakeProvider())(deliveryOf(placed));
  store.calls.length = 0;
  const asked = saga as Saga<AnySaga['events'], { Ask: unknown }>;
  return { store, tell: createFactRecorder(asked, 'Ask', { store, clock: stillClock }) };
}

test('a fact costs a read and a write, and carries the run on whatever its teller says of it', async () => {
  const { store, tell } = await waiting();

  const outcome = await tell({ type: 'AskDone', data }, { actor: 'ann', sagaVersion: 9, hops: 0, saga: 'tour' });

  expect(outcome).toBe('recorded');
  expect(store.calls).toEqual(['read trip.Ask-o1', 'append trip.Ask-o1']);
  expect(store.published().at(-1)?.metadata).toMatchObject({
    correlationId: 'request-9',
    actor: 'ann',
    saga: 'trip',
    sagaVersion: 4,
    hops: 4,
  });
});

test('a fact that is none of the step is refused, and nothing recorded', async () => {
  const { store, tell } = await waiting();

  await expect(tell({ type: 'PayDone', data })).rejects.toThrow(expect.objectContaining({ code: 'INVALID_OUTCOME' }));
  expect(store.calls).toEqual(['read trip.Ask-o1']);
});

test('there is no recorder for a step that does not wait', () => {
  expect(() =>
    createFactRecorder(saga as Saga<AnySaga['events'], { Pay: unknown }>, 'Pay', { store: new WatchedStore() }),
  ).toThrow('Saga "trip" has no step "Pay" that waits.');
});
