import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBEventStore } from '@everfold/dynamodb-store';
import { DynamoDBReadModelStore, InMemoryReadModelStore, type ReadModelStore, rebuild } from '@everfold/projections';
import { ordersProjection, salesProjection } from './projections.js';
import { rebuildOrdersRaw, rebuildSalesRaw, SEGMENTS, scanRaw } from './raw-rebuild.js';

/** The tables of a comparison. */
export interface Setting {
  readonly client: DynamoDBClient;
  readonly events: string;
  readonly readModels: string;
  /** The version with which each order ends. */
  readonly lastVersion: string;
}

/** What reads the whole event table once, and gives the number of events that it came by. */
export interface Contestant {
  readonly name: string;
  /** What writes the same rows by the SDK alone. */
  readonly floor?: string;
  /** @param run - Counts up: what is built belongs to this run alone. */
  readonly run: (setting: Setting, run: number) => Promise<number>;
}

const rawOrders = 'raw scan that writes the rows';
const rawSales = 'raw scan that writes totals, positions';

export const contestants: readonly [Contestant, ...Contestant[]] = [
  { name: 'raw scan', run: (setting) => scanRaw(setting) },
  { name: 'eventStore.scan', run: scanStore },
  { name: rawOrders, run: rebuildOrdersRaw },
  {
    name: 'rebuild, positions in the rows',
    floor: rawOrders,
    run: (setting, run) => rebuildOf(setting, ordersProjection(run), tableOf(setting)),
  },
  { name: rawSales, run: rebuildSalesRaw },
  {
    name: 'rebuild, positions beside the rows',
    floor: rawSales,
    run: (setting, run) => rebuildOf(setting, salesProjection(run), tableOf(setting)),
  },
  {
    name: 'in memory, positions in the rows',
    run: (setting, run) => rebuildOf(setting, ordersProjection(run), new InMemoryReadModelStore()),
  },
  {
    name: 'in memory, positions beside the rows',
    run: (setting, run) => rebuildOf(setting, salesProjection(run), new InMemoryReadModelStore()),
  },
];

async function scanStore({ client, events: tableName }: Setting): Promise<number> {
  let events = 0;
  for await (const { commits } of new DynamoDBEventStore({ client, tableName }).scan({ segments: SEGMENTS }))
    for (const commit of commits) events += commit.events.length;
  return events;
}

function tableOf({ client, readModels: tableName }: Setting): ReadModelStore {
  return new DynamoDBReadModelStore({ client, tableName });
}

/** Rebuilds a projection, and gives the number of its events. */
export async function rebuildOf(
  { client, events: tableName }: Pick<Setting, 'client' | 'events'>,
  projection: ReturnType<typeof ordersProjection | typeof salesProjection>,
  readModels: ReadModelStore,
): Promise<number> {
  const eventStore = new DynamoDBEventStore({ client, tableName });
  const { events } = await rebuild<object>({ projection, eventStore, readModels, segments: SEGMENTS });
  return events;
}
