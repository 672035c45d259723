import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { endOf, startOf, streamName } from '@everfold/core';
import { DynamoDBEventStore } from '@everfold/dynamodb-store';
import { lines, metadata, orderPlaced } from '../order.js';
import { recordPuts, writePuts } from '../seed.js';

/** Events of the commits of an order: it is placed with four lines, and seven more commits add to it. */
const COMMITS = [5, 5, 5, 5, 5, 5, 5, 5] as const;
export const EVENTS_PER_ORDER = COMMITS.reduce((sum, events) => sum + events, 0);

/** Streams that are recorded at a time. */
const BATCH = 500;

/** Records so many orders: the items that appends make, written in batches. */
export async function recordOrders(client: DynamoDBClient, tableName: string, orders: number): Promise<void> {
  for (let first = 0; first < orders; first += BATCH) {
    const ids = Array.from({ length: Math.min(BATCH, orders - first) }, (_, index) => `o${first + index}`);
    const puts = await recordPuts(async (recorder) => {
      const store = new DynamoDBEventStore({ client: recorder, tableName });
      for (const id of ids) await recordOrder(store, id);
    });
    await writePuts(client, puts);
  }
}

/** Records one order. */
async function recordOrder(store: DynamoDBEventStore, id: string): Promise<void> {
  let after = startOf(streamName('order', id));
  let line = 0;
  for (const [index, events] of COMMITS.entries()) {
    const added = lines(id, line, index === 0 ? events - 1 : events);
    line += added.length;
    const commit = { after, events: index === 0 ? [orderPlaced(id), ...added] : added, metadata };
    after = endOf(await store.append(commit));
  }
}
