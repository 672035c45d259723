import { describe, expect, it } from 'vitest';
import { createProjector } from './apply/projector.js';
import { defineRows, rowsOf } from './projection-rows.js';
import { InMemoryReadModelStore } from './read-models/in-memory-read-model-store.js';
import { createReader } from './reader.js';
import { CountingEventStore, captured, type OrderRow, orders, placed, record, revenue } from './shop.test.fixture.js';

/** Readers of a shop with three orders, of which the second is paid. */
async function shop() {
  const eventStore = new CountingEventStore();
  const readModels = new InMemoryReadModelStore();
  const commits = [
    ...(await record(eventStore, 'order-1', [placed(1, '2026-01-03')])),
    ...(await record(eventStore, 'order-2', [placed(2, '2026-01-02')])),
    ...(await record(eventStore, 'order-3', [placed(4, '2026-01-02')])),
    ...(await record(eventStore, 'payment-1', [captured('order-2', 2)])),
  ];
  await createProjector({ projection: orders, eventStore, readModels })(commits);
  await createProjector({ projection: revenue, eventStore, readModels })(commits);
  return { readModels, orders: createReader(orders, readModels), revenue: createReader(revenue, readModels) };
}

describe('a reader', () => {
  it('gets a row, or nothing', async () => {
    const { orders } = await shop();

    expect(await orders.get('order-1')).toEqual({ status: 'placed', cents: 1, day: '2026-01-03' });
    expect(await orders.get('order-9', { consistent: true })).toBeUndefined();
  });

  it('lists the rows of a group, newest first if you like', async () => {
    const { orders } = await shop();

    const { rows } = await orders.list({ group: 'placed', descending: true });

    expect(rows.map(({ key, row }) => [key, row.day])).toEqual([
      ['order-1', '2026-01-03'],
      ['order-3', '2026-01-02'],
    ]);
    expect((await orders.list({ group: 'paid' })).rows.map(({ key }) => key)).toEqual(['order-2']);
  });

  it('gives all rows, page by page', async () => {
    const { revenue } = await shop();

    const first = await revenue.all({ limit: 1, descending: true });
    const second = await revenue.all({ limit: 1, descending: true, cursor: first.cursor ?? '' });

    expect(first.rows).toEqual([{ key: '2026-01-03', row: { orders: 1, cents: 1 } }]);
    expect(second).toEqual({ rows: [{ key: '2026-01-02', row: { orders: 2, cents: 6 } }] });
  });

  it('reads by the rows alone what the projection wrote', async () => {
    const { readModels } = await shop();
    const { rows, isListed } = orders;
    const named = { name: 'orders', version: 1, rows: rowsOf<OrderRow>() };
    const reader = createReader(defineRows({ ...named, isListed: true }), readModels);

    expect(defineRows({ ...named, isListed: true })).toEqual({ rows, rowType: orders.rowType, isListed });
    expect(await reader.get('order-2')).toMatchObject({ status: 'paid' });
    expect((await reader.list({ group: 'paid' })).rows.map(({ key }) => key)).toEqual(['order-2']);
  });

  it('refuses to list the rows of a projection without a listing', async () => {
    const { revenue } = await shop();

    await expect(revenue.list({ group: 'placed' })).rejects.toThrow('Projection revenue@1 has no listing.');
  });
});
