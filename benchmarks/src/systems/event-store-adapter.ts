import { type EventStore, EventStoreFactory, OptimisticLockError } from 'event-store-adapter-js';
import { lines, newOrder, type OrderEvent, orderPlaced } from '../order.js';
import { untilFirst } from '../retry.js';
import { type RecordedPut, recordPuts, writePuts } from '../seed.js';
import {
  OrderAggregate,
  OrderId,
  type OrderRecord,
  toAggregateFromJson,
  toRecord,
  toRecordFromJson,
} from './event-store-adapter-order.js';
import { eventStoreAdapterTable } from './event-store-adapter-table.js';
import { type Setting, type System, type SystemDefinition, withStream } from './system.js';

type OrderStore = EventStore<OrderId, OrderAggregate, OrderRecord>;

/** As often as Everfold does; and a long order has as many events after its last one. */
const SNAPSHOT_EVERY = 100;
const AFTER_SNAPSHOT = SNAPSHOT_EVERY / 2;

/** event-store-adapter-js: a transaction an event, of the journal's item and the order's item in the snapshot table. */
export const eventStoreAdapter: SystemDefinition = {
  name: 'event-store-adapter-js',
  create: createAdapter,
  seed: (setting, orderId, events) => seed(setting, orderId, events, 1),
  seedLong: (setting, orderId, events) => seed(setting, orderId, events, events - AFTER_SNAPSHOT),
};

function createAdapter(setting: Setting): System {
  const store = createStore(setting);

  /** Its `load`, by its README; page by page, because the store asks for the first megabyte of events only. */
  async function findById(id: OrderId): Promise<OrderAggregate | undefined> {
    let order = await store.getLatestSnapshotById(id);
    // One event a version: an order whose version is ahead has events that were not read yet.
    while (order !== undefined && order.sequenceNumber < order.version) {
      const records = await store.getEventsByIdSinceSequenceNumber(id, order.sequenceNumber + 1);
      if (records.length === 0) throw new Error(`Order ${id.value} has no event ${order.sequenceNumber + 1}.`);
      order = order.replay(records);
    }
    return order;
  }

  async function load(orderId: string) {
    return (await findById(new OrderId(orderId)))?.order ?? newOrder;
  }

  return {
    name: 'event-store-adapter-js',
    tables: [
      { ...eventStoreAdapterTable(journalOf(setting), indexOf(journalOf(setting))), ...withStream },
      eventStoreAdapterTable(snapshotsOf(setting), indexOf(snapshotsOf(setting))),
    ],
    load,
    loadLong: load,

    async place(orderId) {
      const id = new OrderId(orderId);
      await create(store, id, orderPlaced(orderId));
      let version = 1;
      return {
        async append(events) {
          // It takes one event at a time: five are five transactions, and a reader may see some of them.
          for (const event of events) {
            await store.persistEvent(toRecord(id, version + 1, event), version);
            version += 1;
          }
        },
      };
    },

    async addLine(orderId, line) {
      const id = new OrderId(orderId);
      const event: OrderEvent = { type: 'LineAdded', data: line };
      await untilFirst(async () => {
        const order = await findById(id);
        if (order === undefined) await create(store, id, event);
        else await store.persistEvent(toRecord(id, order.sequenceNumber + 1, event), order.version);
      }, isConflict);
    },

    async history(orderId) {
      const records = await store.getEventsByIdSinceSequenceNumber(new OrderId(orderId), 1);
      return records.map(({ sequenceNumber, event }) => ({ version: sequenceNumber, data: event.data }));
    },
  };
}

function createStore(setting: Setting): OrderStore {
  const journal = journalOf(setting);
  const snapshots = snapshotsOf(setting);
  return EventStoreFactory.ofDynamoDB<OrderId, OrderAggregate, OrderRecord>(
    setting.client,
    journal,
    snapshots,
    indexOf(journal),
    indexOf(snapshots),
    32, // shards, as in its README
    toRecordFromJson,
    toAggregateFromJson,
  );
}

/** The first event of an order must come with a snapshot. */
async function create(store: OrderStore, id: OrderId, event: OrderEvent): Promise<void> {
  const record = toRecord(id, 1, event);
  await store.persistEventAndSnapshot(record, OrderAggregate.new(id).replay([record]).withVersion(1));
}

function journalOf({ prefix }: Setting): string {
  return `${prefix}-adapter-journal`;
}

function snapshotsOf({ prefix }: Setting): string {
  return `${prefix}-adapter-snapshots`;
}

function indexOf(table: string): string {
  return `${table}-by-id`;
}

function isConflict(error: unknown): boolean {
  return error instanceof OptimisticLockError;
}

/** Records an order whose snapshot was taken at some version. */
async function seed(setting: Setting, orderId: string, count: number, snapshotAt: number): Promise<void> {
  const id = new OrderId(orderId);
  const events = [orderPlaced(orderId), ...lines(orderId, 1, count - 1)];
  const records = events.map((event, index) => toRecord(id, index + 1, event));
  const snapshot = OrderAggregate.new(id).replay(records.slice(0, snapshotAt)).withVersion(snapshotAt);

  const puts = await recordPuts(async (client) => {
    const store = createStore({ ...setting, client });
    for (const record of records) {
      if (record.isCreated) await store.persistEventAndSnapshot(record, snapshot);
      else await store.persistEvent(record, record.sequenceNumber - 1);
    }
  });
  await writePuts(
    setting.client,
    puts.map((put) => atVersion(put, snapshotsOf(setting), count)),
  );
}

/** The snapshot's item counts the events; the updates that do so put nothing, and were not recorded. */
function atVersion({ table, item }: RecordedPut, snapshots: string, version: number): RecordedPut {
  return { table, item: table === snapshots ? { ...item, version: { N: String(version) } } : item };
}
