import type { ConsumerFailure } from '@everfold/dynamodb-store';
import { describe, expect, it } from 'vitest';
import { besideRowsProjectionHandler, inRowProjectionHandler, projectionHandler } from './handler.js';
import { InMemoryReadModelStore } from './read-models/in-memory-read-model-store.js';
import { createReader } from './reader.js';
import {
  CountingEventStore,
  cancelled,
  captured,
  delivery,
  orders,
  placed,
  record,
  revenue,
} from './shop.test.fixture.js';

describe('the handler of a projection', () => {
  it('applies the records of a batch, in whatever order and however often they are in it', async () => {
    const eventStore = new CountingEventStore();
    const readModels = new InMemoryReadModelStore();
    const [first, second] = await record(eventStore, 'order-1', [placed(5)], [cancelled]);
    const [payment] = await record(eventStore, 'payment-1', [captured('order-1', 5)]);
    const handler = projectionHandler({ projection: orders, eventStore, readModels });

    const response = await handler(delivery(second, first, payment, first));

    expect(response).toEqual({ batchItemFailures: [] });
    expect(await createReader(orders, readModels).get('order-1')).toEqual({
      status: 'paid',
      cents: 5,
      day: '2026-01-01',
      paidCents: 5,
    });
    expect(eventStore.reads).toEqual([]);
  });

  it('reports the records of a stream that fails, from the first that was not applied', async () => {
    const eventStore = new CountingEventStore();
    const readModels = new InMemoryReadModelStore();
    const [first, second, third] = await record(eventStore, 'order-1', [placed(1)], [placed(2, '')], [cancelled]);
    const [other] = await record(eventStore, 'order-2', [placed(4)]);
    const heard: ConsumerFailure[] = [];
    const handler = projectionHandler({
      projection: orders,
      eventStore,
      readModels,
      onFailure: (failure) => heard.push(failure),
    });

    const { batchItemFailures } = await handler(delivery(first, second, other, third));

    const numbers = batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier));
    expect(numbers).toEqual([2, 4]);
    expect(heard).toMatchObject([{ stream: 'order-1', after: 1, error: { code: 'INVALID_ARGUMENT' } }]);
    const { rows } = await createReader(orders, readModels).all();
    expect(rows.map(({ key, row }) => [key, row.cents]).sort()).toEqual([
      ['order-1', 1],
      ['order-2', 4],
    ]);
  });
});

describe('the handler of a projection whose positions are in its rows', () => {
  const eventStore = new CountingEventStore();
  const readModels = new InMemoryReadModelStore();

  it('applies what the one for every projection applies', async () => {
    const [first, second] = await record(eventStore, 'order-1', [placed(5)], [cancelled]);
    const handler = inRowProjectionHandler({ projection: orders, eventStore, readModels });

    expect(await handler(delivery(second, first))).toEqual({ batchItemFailures: [] });
    const row = await createReader(orders, readModels).get('order-1');

    const others = new InMemoryReadModelStore();
    await projectionHandler({ projection: orders, eventStore, readModels: others })(delivery(first, second));
    expect(row).toBeDefined();
    expect(row).toEqual(await createReader(orders, others).get('order-1'));
  });

  it('is refused to a projection that keeps them beside its rows', () => {
    const beside = { ...orders, positions: 'beside-rows' } as const;

    expect(() => inRowProjectionHandler({ projection: beside, eventStore, readModels })).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message:
          'Projection "orders@1" keeps its positions beside-rows, and this handler in-row. Make it with projectionHandler.',
      }),
    );
  });
});

describe('the handler of a projection whose positions are beside its rows', () => {
  const eventStore = new CountingEventStore();
  const readModels = new InMemoryReadModelStore();

  it('applies what the one for every projection applies', async () => {
    const [first, second] = await record(eventStore, 'order-1', [placed(5)], [placed(2)]);
    const handler = besideRowsProjectionHandler({ projection: revenue, eventStore, readModels });

    expect(await handler(delivery(second, first))).toEqual({ batchItemFailures: [] });
    expect(await handler(delivery(first, second))).toEqual({ batchItemFailures: [] });

    const row = await createReader(revenue, readModels).get('2026-01-01');
    const others = new InMemoryReadModelStore();
    await projectionHandler({ projection: revenue, eventStore, readModels: others })(delivery(first, second));
    expect(row).toEqual({ orders: 2, cents: 7 });
    expect(row).toEqual(await createReader(revenue, others).get('2026-01-01'));
  });

  it('is refused to a projection that keeps them in its rows', () => {
    expect(() => besideRowsProjectionHandler({ projection: orders, eventStore, readModels })).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('in-row, and this handler beside-rows'),
      }),
    );
  });
});
