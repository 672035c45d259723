import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { InMemoryEventStore } from '@everfold/core';
import { inParallel, type StreamHandler } from '@everfold/dynamodb-store';
import { createReader, DynamoDBReadModelStore, type Projection, projectionHandler } from '@everfold/projections';
import type { Batch } from '../measure.js';
import type { OrderEvent } from '../order.js';
import { ordersProjection, salesProjection } from '../rebuild/projections.js';
import { commitsOf, foldOrders, foldSales, type RecordedBatch, recordBatch } from './batch.js';
import { NaiveRows, type ToUpdate, updateOrder, updateSales } from './naive.js';
import { CONCURRENCY, type Consumer, type ConsumerRow, readModelsOf, type Setting } from './row.js';

/** A projection, the same thing done naively, and what both have to come to. */
interface Subject<TRow extends object> {
  /** @param version - Another one has rows of its own. */
  projection(version: number): Projection<TRow>;
  readonly update: ToUpdate;
  fold(events: readonly OrderEvent[]): ReadonlyMap<string, TRow>;
}

export const projectRows: readonly ConsumerRow[] = [
  {
    name: 'project-in-row',
    title: 'a row for each order, its position in it',
    endpoint: 'dynamodb-local',
    unit: 'events',
    consumers: (setting) =>
      contestants(setting, { projection: ordersProjection, update: updateOrder, fold: foldOrders }),
  },
  {
    name: 'project-beside-rows',
    title: 'a row for each kind of product, fed by all orders, positions beside',
    endpoint: 'dynamodb-local',
    unit: 'events',
    consumers: (setting) => contestants(setting, { projection: salesProjection, update: updateSales, fold: foldSales }),
  },
];

function contestants<TRow extends object>(setting: Setting, subject: Subject<TRow>): readonly [Consumer, Consumer] {
  return [
    { name: 'everfold', prepare: async () => byHandler(setting, subject, await recordBatch()) },
    { name: 'naive', prepare: async () => naively(setting, subject, await recordBatch()) },
  ];
}

/** A version that nobody has built: its rows are new. */
function newVersion(): number {
  return randomInt(1, 2 ** 47);
}

function byHandler<TRow extends object>(
  { client, ...setting }: Setting,
  subject: Subject<TRow>,
  { delivery, events }: RecordedBatch,
): Batch {
  const projection = subject.projection(newVersion());
  const readModels = new DynamoDBReadModelStore({ client, tableName: readModelsOf(setting) });
  // Nothing is missing from the batch, so nothing is read from there.
  const eventStore = new InMemoryEventStore();
  const handler = projectionHandler({ projection, eventStore, readModels, concurrency: CONCURRENCY });
  const reader = createReader(projection, readModels);
  return {
    run: () => deliver(handler, delivery),
    check: () => checkRows('everfold', subject.fold(events), (key) => reader.get(key, { consistent: true })),
  };
}

/** Records side by side, the events of each one after the other, each as one UpdateItem. */
function naively<TRow extends object>(
  setting: Setting,
  subject: Subject<TRow>,
  { delivery, events }: RecordedBatch,
): Batch {
  const rows = new NaiveRows(setting, String(newVersion()));
  return {
    run: () =>
      inParallel(commitsOf(delivery), CONCURRENCY, async (commit) => {
        for (const event of commit.events) {
          // The batch holds events of orders only.
          const update = subject.update(event as OrderEvent);
          if (update !== undefined) await rows.update(update);
        }
      }),
    check: () => checkRows('naive', subject.fold(events), (key) => rows.get(key)),
  };
}

/** Delivers a batch of which nothing may fail. */
export async function deliver(handler: StreamHandler, delivery: RecordedBatch['delivery']): Promise<void> {
  const { batchItemFailures } = await handler(delivery);
  if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} records were not handled.`);
}

/** Throws unless every row is what the events come to. */
async function checkRows<TRow extends object>(
  who: string,
  expected: ReadonlyMap<string, TRow>,
  read: (key: string) => Promise<object | undefined>,
): Promise<void> {
  await inParallel([...expected], CONCURRENCY, async ([key, row]) => {
    const found = await read(key);
    if (isDeepStrictEqual(found, row)) return;
    throw new Error(`Row ${key} of ${who} is ${JSON.stringify(found)} instead of ${JSON.stringify(row)}.`);
  });
}
