import type { RecordedEvent } from '@everfold/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { deliveryOf, FakeProvider, stillClock, WatchedStore } from './bench.test.fixture.js';
import { createEndHandler } from './end-handler.js';
import { record } from './fulfilment.test.fixture.js';
import type { AnySaga } from './saga.js';
import { handlerOf, pivot, step, trip } from './trip.test.fixture.js';
import { startMetadata, withEarlier } from './versions.js';

const definition = (version: number, ledger: string) =>
  trip([step('Hotel', 'Placed', { ledger }), pivot('Pay', 'HotelDone')], { version, cancel: 'Stopped' });
const first = definition(1, 'hotel');
const second = definition(2, 'room');
const both: AnySaga = withEarlier(second, first);

let store: WatchedStore;
let provider: FakeProvider;

beforeEach(() => {
  store = new WatchedStore();
  provider = new FakeProvider();
});

const data = { orderId: 'o1' };
const metadata = { correlationId: 'c', causationId: 'k' };
const placed = (saga?: AnySaga) =>
  record(store.inner, 'order-o1', { type: 'Placed', data }, { ...metadata, ...(saga ? startMetadata(saga) : {}) });
const stopped = () => record(store.inner, 'stop-o1', { type: 'Stopped', data }, metadata);
const hotel = (event: RecordedEvent, saga = both) => handlerOf(saga, 'Hotel', store, provider)(deliveryOf(event));
const end = (event: RecordedEvent) => createEndHandler(both, { store, clock: stillClock })(deliveryOf(event));

test('a definition that another one is spread into takes neither its earlier versions nor what was derived of it', () => {
  const spread = { ...both, withinMs: 5, version: 3 };

  const third = trip([step('Hotel', 'Placed'), pivot('Pay', 'HotelDone')], spread);

  expect(third.version).toBe(3);
  expect(third.earlier).toBeUndefined();
  expect(third.withinMs).toBeUndefined();
});

describe('a run', () => {
  test.each([
    [first, 'hotel-o1'],
    [second, 'room-o1'],
  ])('goes on under the version that its start names', async (saga, ledger) => {
    await hotel(await placed(saga));

    expect(store.typesIn(ledger)).toEqual(['$started', 'HotelDone']);
    expect(store.published().at(-1)?.metadata).toMatchObject({ saga: 'trip', sagaVersion: saga.version });
  });

  test('whose start names none belongs to the earliest', async () => {
    await hotel(await placed());

    expect(store.typesIn('hotel-o1')).toEqual(['$started', 'HotelDone']);
  });

  test('of a version that is not at hand is refused, and says how to go on with it', async () => {
    const attempt = hotel(await placed(first), second);

    await expect(attempt).rejects.toThrow(
      'A run of saga "trip" was begun under version 1, and only 2 can be gone on with. Give the earlier definition as well',
    );
    expect(store.calls).toEqual([]);
  });

  test('that another saga started is none of its versions', async () => {
    const other = { ...metadata, saga: 'journey', sagaVersion: 7 };

    await hotel(await record(store.inner, 'order-o1', { type: 'Placed', data }, other));

    expect(store.published().at(-1)?.metadata).toMatchObject({ saga: 'trip', sagaVersion: 1 });
  });
});

describe('a cancellation that names no version', () => {
  test.each([
    [first, 'hotel-o1'],
    [second, 'room-o1'],
  ])('is for the version under which its run was begun', async (saga, ledger) => {
    await hotel(await placed(saga));

    await hotel(await stopped());

    expect(store.typesIn(ledger)).toEqual(['$started', 'HotelDone', 'HotelUndone']);
    expect(store.published().find(({ type }) => type === 'HotelUndone')?.metadata.sagaVersion).toBe(saga.version);
    expect(store.typesIn(ledger === 'hotel-o1' ? 'room-o1' : 'hotel-o1')).toEqual([]);
  });

  test('bars a run of any version as long as none has begun', async () => {
    await end(await stopped());
    for (const saga of [first, second]) {
      const start = { type: 'Placed', data };
      await hotel(await record(store.inner, `order-${saga.version}`, start, { ...metadata, ...startMetadata(saga) }));
    }

    expect(store.typesIn('trip.end-o1')).toEqual(['Cancelled']);
    expect([store.typesIn('hotel-o1'), store.typesIn('room-o1')]).toEqual([['$tombstoned'], ['$tombstoned']]);
    expect(provider.calls).toEqual([]);
  });
});

describe('versions are refused', () => {
  test.each<[string, () => unknown, string]>([
    [
      'of another saga',
      () => withEarlier(second, trip([step('Hotel', 'Placed')], { name: 'tour' })),
      'is no earlier version of it',
    ],
    ['in the wrong order', () => withEarlier(first, second), 'version 2 is not earlier than version 1'],
    ['twice', () => withEarlier(second, first, first), 'version 1 is given twice'],
  ])('%s', (_what, build, problem) => {
    expect(build).toThrow(expect.objectContaining({ code: 'INVALID_SAGA', message: expect.stringContaining(problem) }));
  });
});
