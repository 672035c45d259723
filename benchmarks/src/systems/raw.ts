import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { apply, lines, newOrder, orderPlaced } from '../order.js';
import { untilFirst } from '../retry.js';
import { recordPuts, writePuts } from '../seed.js';
import { RawTable } from './raw-table.js';
import type { Setting, System, SystemDefinition } from './system.js';

/** The SDK alone, doing the least that gives the same guarantee. */
export const raw: SystemDefinition = {
  name: 'raw',
  create: createRaw,
  seed: (setting, orderId, events) => seed(setting, orderId, events, false),
  seedLong: (setting, orderId, events) => seed(setting, orderId, events, true),
};

function createRaw(setting: Setting): System {
  const table = new RawTable(setting);
  return {
    name: 'raw',
    tables: [table.definition],

    async place(orderId) {
      let version = 1;
      await table.put(orderId, version, [orderPlaced(orderId)]);
      return {
        async append(events) {
          await table.put(orderId, version + 1, events);
          version += events.length;
        },
      };
    },

    async load(orderId) {
      let order = newOrder;
      for (const { body } of await table.readAll(orderId)) {
        for (const event of body.events) order = apply(order, event);
      }
      return order;
    },

    async loadLong(orderId) {
      const last = await table.readLast(orderId);
      return JSON.parse(last?.state?.S ?? '');
    },

    async addLine(orderId, line) {
      await untilFirst(async () => {
        // Every writer here adds one event at a time: the last item's version is the order's.
        const last = await table.readLast(orderId);
        await table.put(orderId, Number(last?.sk?.N ?? 0) + 1, [{ type: 'LineAdded', data: line }]);
      }, isConflict);
    },

    async history(orderId) {
      const written = await table.readAll(orderId);
      return written.flatMap(({ version, body }) =>
        body.events.map(({ data }, index) => ({ version: version + index, data })),
      );
    },
  };
}

function isConflict(error: unknown): boolean {
  return error instanceof ConditionalCheckFailedException;
}

async function seed({ client, prefix }: Setting, orderId: string, count: number, withState: boolean): Promise<void> {
  const events = [orderPlaced(orderId), ...lines(orderId, 1, count - 1)];
  const state = JSON.stringify(events.reduce(apply, newOrder));
  const puts = await recordPuts(async (recorder) => {
    const table = new RawTable({ client: recorder, prefix });
    for (const [index, event] of events.entries()) {
      const isLast = index === count - 1;
      await table.put(orderId, index + 1, [event], withState && isLast ? { state: { S: state } } : {});
    }
  });
  await writePuts(client, puts);
}
