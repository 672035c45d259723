import {
  createRepository,
  defineAggregate,
  defineEvents,
  endOf,
  recordedEvents,
  startOf,
  streamName,
} from '@everfold/core';
import { DynamoDBEventStore, eventTable } from '@everfold/dynamodb-store';
import {
  evolve,
  type LineAdded,
  lineAdded,
  lines,
  metadata,
  newOrder,
  type OrderPlaced,
  orderPlaced,
} from '../order.js';
import { recordPuts, writePuts } from '../seed.js';
import { unchecked } from '../unchecked.js';
import type { Recorded, Setting, System, SystemDefinition } from './system.js';

/** After its last snapshot a long order has half as many events as lie between two of them: what a load meets on average. */
const SNAPSHOT_EVERY = 100;
const AFTER_SNAPSHOT = SNAPSHOT_EVERY / 2;

const definition = {
  category: 'order',
  events: defineEvents({ OrderPlaced: unchecked<OrderPlaced>(), LineAdded: unchecked<LineAdded>() }),
  initial: () => newOrder,
  evolve,
  commands: { addLine: (_order: unknown, line: LineAdded) => [{ type: 'LineAdded' as const, data: line }] },
};
const order = defineAggregate(definition);
const longOrder = defineAggregate({ ...definition, snapshot: { every: SNAPSHOT_EVERY, schema: '1' } });

export const everfold: SystemDefinition = {
  name: 'everfold',
  create: createEverfold,

  async seed({ client, prefix }, orderId, events) {
    await writePuts(client, await recordPuts((recorder) => appendAll({ client: recorder, prefix }, orderId, events)));
  },

  async seedLong(setting, orderId, events) {
    await everfold.seed(setting, orderId, events - AFTER_SNAPSHOT - 1);
    const orders = createRepository(longOrder, { store: storeOf(setting) });
    for (let version = events - AFTER_SNAPSHOT; version <= events; version++) {
      await orders.execute(orderId, 'addLine', lineAdded(orderId, version - 1), { metadata });
    }
  },
};

function createEverfold(setting: Setting): System {
  const store = storeOf(setting);
  const orders = createRepository(order, { store, attempts: 1_000 });
  const longOrders = createRepository(longOrder, { store });
  return {
    name: 'everfold',
    tables: [eventTable(tableOf(setting))],

    async place(orderId) {
      const after = startOf(streamName(order.category, orderId));
      let position = endOf(await store.append({ after, events: [orderPlaced(orderId)], metadata }));
      return {
        async append(events) {
          position = endOf(await store.append({ after: position, events, metadata }));
        },
      };
    },

    load: async (orderId) => (await orders.load(orderId)).state,

    loadLong: async (orderId) => (await longOrders.load(orderId)).state,

    async addLine(orderId, line) {
      await orders.execute(orderId, 'addLine', line, { metadata });
    },

    async history(orderId) {
      const recorded: Recorded[] = [];
      for await (const commit of store.read(streamName(order.category, orderId))) {
        recorded.push(...recordedEvents(commit));
      }
      return recorded;
    },
  };
}

function tableOf({ prefix }: Setting): string {
  return `${prefix}-everfold`;
}

function storeOf(setting: Setting): DynamoDBEventStore {
  return new DynamoDBEventStore({ client: setting.client, tableName: tableOf(setting) });
}

async function appendAll(setting: Setting, orderId: string, events: number): Promise<void> {
  const open = await createEverfold(setting).place(orderId);
  for (const line of lines(orderId, 1, events - 1)) await open.append([line]);
}
