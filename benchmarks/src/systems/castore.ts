import {
  EventStore,
  EventType,
  type EventTypeDetails,
  isEventAlreadyExistsError,
  type OptionalTimestamp,
} from '@castore/core';
import { DynamoDBSingleTableEventStorageAdapter } from '@castore/event-storage-adapter-dynamodb';
import {
  evolve,
  type LineAdded,
  lines,
  metadata,
  newOrder,
  type Order,
  type OrderEvent,
  type OrderPlaced,
  orderPlaced,
} from '../order.js';
import { untilFirst } from '../retry.js';
import { recordPuts, writePuts } from '../seed.js';
import { castoreTable } from './castore-table.js';
import { type Setting, type System, type SystemDefinition, withStream } from './system.js';

type Metadata = typeof metadata;
type CastoreOrder = Order & { readonly aggregateId: string; readonly version: number };
type OrderDetail = EventTypeDetails<typeof eventTypes>;

const eventTypes = [
  new EventType<'OrderPlaced', OrderPlaced, Metadata>({ type: 'OrderPlaced' }),
  new EventType<'LineAdded', LineAdded, Metadata>({ type: 'LineAdded' }),
];

/** Castore on its `DynamoDBSingleTableEventStorageAdapter`: one item an event, a native map for its payload. */
export const castore: SystemDefinition = {
  name: 'castore',
  create: createCastore,

  async seed({ client, prefix }, orderId, events) {
    await writePuts(client, await recordPuts((recorder) => appendAll({ client: recorder, prefix }, orderId, events)));
  },

  /** Castore keeps no snapshots: its README lists them under "much more to come". */
  seedLong: (setting, orderId, events) => castore.seed(setting, orderId, events),
};

function createCastore(setting: Setting): System {
  const orders = createEventStore(setting);

  async function append(orderId: string, version: number, events: readonly OrderEvent[]): Promise<void> {
    const details = events.map((event, index) => toDetail(orderId, version + index, event));
    const [first, ...others] = details;
    if (first !== undefined && others.length === 0) {
      await orders.pushEvent(first);
      return;
    }
    const [head, second, ...tail] = details.map((detail) => orders.groupEvent(detail));
    if (head !== undefined && second !== undefined) await EventStore.pushEventGroup(head, second, ...tail);
  }

  async function load(orderId: string): Promise<Order> {
    return (await orders.getAggregate(orderId)).aggregate ?? newOrder;
  }

  return {
    name: 'castore',
    tables: [{ ...castoreTable(tableOf(setting)), ...withStream }],
    load,
    loadLong: load,

    async place(orderId) {
      let version = 1;
      await append(orderId, version, [orderPlaced(orderId)]);
      return {
        async append(events) {
          await append(orderId, version + 1, events);
          version += events.length;
        },
      };
    },

    async addLine(orderId, line) {
      await untilFirst(async () => {
        const { aggregate } = await orders.getAggregate(orderId);
        await append(orderId, (aggregate?.version ?? 0) + 1, [{ type: 'LineAdded', data: line }]);
      }, isEventAlreadyExistsError);
    },

    async history(orderId) {
      const { events } = await orders.getEvents(orderId);
      return events.map(({ version, payload }) => ({ version, data: payload }));
    },
  };
}

function createEventStore(setting: Setting) {
  return new EventStore({
    eventStoreId: 'ORDERS',
    eventTypes,
    reducer: (order: CastoreOrder | undefined, detail: OrderDetail): CastoreOrder => ({
      ...fold(order ?? newOrder, detail),
      aggregateId: detail.aggregateId,
      version: detail.version,
    }),
    eventStorageAdapter: new DynamoDBSingleTableEventStorageAdapter({
      tableName: tableOf(setting),
      dynamoDBClient: setting.client,
    }),
  });
}

function fold(order: Order, detail: OrderDetail): Order {
  return detail.type === 'OrderPlaced'
    ? evolve.OrderPlaced(order, detail.payload)
    : evolve.LineAdded(order, detail.payload);
}

function toDetail(aggregateId: string, version: number, event: OrderEvent): OptionalTimestamp<OrderDetail> {
  const position = { aggregateId, version, metadata };
  return event.type === 'OrderPlaced'
    ? { ...position, type: event.type, payload: event.data }
    : { ...position, type: event.type, payload: event.data };
}

function tableOf({ prefix }: Setting): string {
  return `${prefix}-castore`;
}

async function appendAll(setting: Setting, orderId: string, events: number): Promise<void> {
  const open = await createCastore(setting).place(orderId);
  for (const line of lines(orderId, 1, events - 1)) await open.append([line]);
}
