import { startOf } from '@everfold/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { deliveryOf, FakeProvider, stillClock, WatchedStore } from './bench.test.fixture.js';
import { record } from './fulfilment.test.fixture.js';
import type { AnySaga } from './saga.js';
import { contract, handlerOf, pivot, step, trip } from './trip.test.fixture.js';
import { startMetadata, withEarlier } from './versions.js';

/* What another service is asked and answers, and under which version and correlation it is recorded. */

const definition = (version: number) =>
  trip([step('Hotel', 'Placed'), contract('Car', 'HotelDone'), pivot('Pay', 'CarDone')], { version });
const first = definition(1);
const both: AnySaga = withEarlier(definition(2), first);

let store: WatchedStore;

beforeEach(() => {
  store = new WatchedStore();
});

const data = { orderId: 'o1' };
const answer = (type: string, detail: unknown = data) => ({
  version: '0',
  id: 'answer-1',
  account: '000000000000',
  region: 'local',
  resources: [],
  time: new Date(stillClock.now()).toISOString(),
  source: 'elsewhere',
  'detail-type': type,
  detail,
});
const car = (saga: AnySaga) => handlerOf(saga, 'Car', store, new FakeProvider());
const hotelDone = (saga: AnySaga) => {
  const metadata = { correlationId: 'request-9', causationId: 'k', hops: 1, ...startMetadata(saga) };
  return record(store.inner, 'trip.Hotel-o1', { type: 'HotelDone', data }, metadata);
};
const recorded = () => store.published().find(({ type }) => type === 'CarDone');

describe('an answer that is faster than its trigger', () => {
  test('is recorded under the version of its run, and its correlation', async () => {
    const before = await hotelDone(first);

    await car(both)(answer('CarDone'));

    expect(recorded()?.metadata).toEqual({
      correlationId: 'request-9',
      causationId: 'answer-1',
      saga: 'trip',
      sagaVersion: 1,
      hops: 2,
    });
    expect(before.type).toBe('HotelDone');
  });

  test('begins a correlation of its own where nothing is known of the run', async () => {
    await car(first)(answer('CarDone', { data }));

    expect(recorded()).toMatchObject({ data, metadata: { correlationId: 'answer-1', sagaVersion: 1 } });
  });
});

describe('an answer that was not asked for', () => {
  const happened = (...types: readonly string[]) =>
    store.inner.append({
      after: startOf('trip.Car-o1'),
      events: types.map((type) => ({ type, data })),
      metadata: { correlationId: 'c', causationId: 'c' },
    });

  test('takes nothing back: it is refused, with what to do about it', async () => {
    await happened('CarDone');

    await expect(car(first)(answer('CarUndone'))).rejects.toMatchObject({
      code: 'CONTRACT_BROKEN',
      message: expect.stringMatching(/"CarUndone" for "o1", and was not asked .* listen to the event that asks alone/),
    });
    expect(store.typesIn('trip.Car-o1')).toEqual(['CarDone']);
  });

  test('is taken for what it says once it was asked for', async () => {
    await happened('CarDone', 'CarUndoAsked');

    await car(first)(answer('CarUndone'));

    expect(store.typesIn('trip.Car-o1')).toEqual(['CarDone', 'CarUndoAsked', 'CarUndone']);
  });
});

test('a service is asked by the event of the version that its run was begun under, once that is known', async () => {
  const before = trip([contract('Car', 'Placed'), pivot('Pay', 'CarDone')], { cancel: 'Stopped' });
  const undo = { ask: 'CarToReturn', data: () => data, ok: 'CarUndone' };
  const now = trip([contract('Car', 'Placed', { undo }), pivot('Pay', 'CarDone')], { cancel: 'Stopped', version: 2 });
  const saga = withEarlier(now, before) as AnySaga;
  const stopped = deliveryOf(await record(store.inner, 'stop-o1', { type: 'Stopped', data }));

  await car(saga)(stopped);
  expect(store.typesIn('trip.Car-o1')).toEqual([]);

  const metadata = { correlationId: 'c', causationId: 'k', ...startMetadata(before) };
  await car(saga)(deliveryOf(await record(store.inner, 'order-o1', { type: 'Placed', data }, metadata)));
  await car(saga)(stopped);
  expect(store.typesIn('trip.Car-o1')).toEqual(['$started', 'CarUndoAsked']);
});

test('an answer goes by the versions under which another service runs the step', async () => {
  const own = trip([step('Hotel', 'Placed'), step('Car', 'HotelDone'), pivot('Pay', 'CarDone')], { version: 2 });
  await hotelDone(first);

  await car(withEarlier(own, first) as AnySaga)(answer('CarDone'));

  expect(recorded()?.metadata.sagaVersion).toBe(1);
});
