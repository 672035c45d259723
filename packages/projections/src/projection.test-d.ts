import { add, type Change, merge, type Put, put, remove, update } from './changes.js';
import { defineProjection } from './projection.js';
import { rowsOf } from './projection-rows.js';
import type { ReadModelStore } from './read-models/read-model-store.js';
import { createReader } from './reader.js';
import { type OrderRow, orderEvents, orders, paymentEvents } from './shop.test.fixture.js';

const base = { name: 'orders', version: 1, events: { ...orderEvents, ...paymentEvents }, rows: rowsOf<OrderRow>() };

// Handlers know the data of their event, and every change knows the row.
defineProjection({
  ...base,
  on: {
    OrderPlaced: ({ data, stream, version, at }) => [
      put(stream, { status: 'placed', cents: data.cents + version, day: at }),
      update(stream, (row) => ({ status: row?.status ?? 'placed', cents: 1, day: data.day })),
    ],
    PaymentCaptured: ({ data }) =>
      data.cents > 0 ? add(data.orderId, { cents: 1, paidCents: data.cents }) : undefined,
    OrderErased: ({ stream }) => ['a', 'b'].map((part) => merge(`${stream}-${part}`, { status: 'cancelled' })),
    OrderCancelled: ({ stream }) => remove(stream),
  },
  listed: (row, key) => (row.status === 'paid' ? { group: row.status, sort: key } : undefined),
});

defineProjection({
  ...base,
  on: {
    // @ts-expect-error no such event
    OrderLost: () => undefined,
  },
});

defineProjection({
  ...base,
  on: {
    // @ts-expect-error the event has no such data
    OrderPlaced: ({ data, stream }) => merge(stream, { cents: data.amount }),
  },
});

defineProjection({
  ...base,
  on: {
    // @ts-expect-error a row is put whole
    OrderPlaced: ({ stream }) => put(stream, { status: 'placed' }),
  },
});

defineProjection({
  ...base,
  on: {
    // @ts-expect-error a row has no such field
    OrderPlaced: ({ stream }) => put(stream, { status: 'placed', cents: 1, day: 'd', color: 'red' }),
  },
});

defineProjection({
  ...base,
  on: {
    // @ts-expect-error the field holds something else
    OrderPlaced: ({ stream }) => merge(stream, { status: 'lost' }),
  },
});

defineProjection({
  ...base,
  on: {
    // @ts-expect-error only numbers are added to
    OrderPlaced: ({ stream }) => add(stream, { status: 1 }),
  },
});

defineProjection({
  ...base,
  on: {
    // @ts-expect-error a fold returns a whole row
    OrderPlaced: ({ stream }) => update(stream, (row) => ({ ...row, cents: 1 })),
  },
});

defineProjection({
  ...base,
  on: {
    // @ts-expect-error the row may not be there
    OrderPlaced: ({ stream }) => update(stream, (row) => row),
  },
});

// @ts-expect-error there are two ways to keep positions
defineProjection({ ...base, on: {}, positions: 'elsewhere' });

// @ts-expect-error a place is text
defineProjection({ ...base, on: {}, listed: (row) => ({ group: row.status, sort: row.cents }) });

// Outside a projection, a change is told its row.
const change: Change<OrderRow> = put<OrderRow>('k', { status: 'paid', cents: 1, day: 'd' });
// @ts-expect-error another row
const other: Put<OrderRow> = put<{ n: number }>('k', { n: 1 });
export const changes = [change, other];

// A reader hands out the rows of its projection.
export async function read(readModels: ReadModelStore): Promise<OrderRow['status'] | undefined> {
  const reader = createReader(orders, readModels);
  const row = await reader.get('order-1', { consistent: true });
  // @ts-expect-error a row has no such field
  void row?.color;
  const { rows, cursor } = await reader.list({ group: 'placed', limit: 1 });
  await reader.all(cursor === undefined ? {} : { cursor });
  return rows[0]?.row.status ?? row?.status;
}
