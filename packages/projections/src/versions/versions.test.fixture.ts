import { InMemoryEventStore } from '@everfold/core';
import { merge, put } from '../changes.js';
import { defineProjection } from '../projection.js';
import { rowsOf } from '../projection-rows.js';
import { InMemoryReadModelStore } from '../read-models/in-memory-read-model-store.js';
import type { ReadModelStore } from '../read-models/read-model-store.js';
import { rebuild } from '../rebuild/rebuild.js';
import { stillClock } from '../rebuild/rebuild.test.fixture.js';
import { type OrderRow, orderEvents, placed, record } from '../shop.test.fixture.js';
import { inTurn } from './in-turn.js';
import { createLiveProjector } from './live-projector.js';

/** A version of a projection of orders; versions differ in how they are spread. */
export function ordersVersion(version: number, name = 'orders') {
  return defineProjection({
    name,
    version,
    events: orderEvents,
    rows: rowsOf<OrderRow>(),
    spread: version,
    on: {
      OrderPlaced: ({ data, stream }) => put(stream, { status: 'placed', cents: data.cents, day: data.day }),
      OrderCancelled: ({ stream }) => merge(stream, { status: 'cancelled' }),
    },
    listed: ({ status, day }) => ({ group: status, sort: day }),
  });
}

export const v1 = ordersVersion(1);
export const v2 = ordersVersion(2);

/** How often a store is asked for single rows. */
export function countingGets(store: ReadModelStore) {
  const gets: string[] = [];
  const counting: ReadModelStore = {
    load: (rows, keys) => store.load(rows, keys),
    save: (rows, write) => store.save(rows, write),
    positions: (rows, streams) => store.positions(rows, streams),
    transact: (rows, transaction) => store.transact(rows, transaction),
    get: (rows, key, options) => {
      gets.push(`${rows.id} ${key}`);
      return store.get(rows, key, options);
    },
    list: (rows, request) => store.list(rows, request),
    all: (rows, request) => store.all(rows, request),
  };
  return { gets, store: counting };
}

/** Two versions of a projection on stores in memory, and time that passes when a test says so. */
export function versionsBench() {
  const clock = stillClock();
  const eventStore = new InMemoryEventStore({ clock });
  const readModels = new InMemoryReadModelStore();
  let next = 0;
  const live = (projection: typeof v1) => createLiveProjector({ projection, eventStore, readModels, clock });
  const append = () => record(eventStore, `order-${++next}`, [placed(next)]);

  /** Builds the new version beside the old one, as it is meant to be, and gives the handler of both. */
  const build = async () => {
    const both = inTurn(live(v2), live(v1));
    for (let order = 0; order < 5; order++) await both(await append());
    clock.time += 10_000;
    await rebuild({ projection: v2, eventStore, readModels, clock });
    await both(await append());
    return both;
  };
  return { clock, eventStore, readModels, live, append, build, ports: { readModels, clock } };
}
