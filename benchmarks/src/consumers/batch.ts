import { randomUUID } from 'node:crypto';
import { type Commit, endOf, InMemoryEventStore, startOf, streamName } from '@everfold/core';
import { decodeStreamRecord, encodeStreamRecord, type StreamHandler } from '@everfold/dynamodb-store';
import { apply, lines, metadata, newOrder, type Order, type OrderEvent, orderPlaced } from '../order.js';

export const STREAMS = 100;
const COMMITS_PER_STREAM = 5;
const EVENTS_PER_COMMIT = 3;

/** Events of a batch, the first of each stream places an order. */
export const EVENTS = STREAMS * COMMITS_PER_STREAM * EVENTS_PER_COMMIT;

/** What Lambda delivers, and the facts in it. */
export interface RecordedBatch {
  /** Streams interleaved: all first commits, then all second ones. */
  readonly commits: readonly Commit[];
  readonly delivery: Parameters<StreamHandler>[0];
  /** All events, as the commits have them. */
  readonly events: readonly OrderEvent[];
}

/** Records orders that nobody has met before, and delivers them as the event table's stream does. */
export async function recordBatch(): Promise<RecordedBatch> {
  const store = new InMemoryEventStore();
  const ids = Array.from({ length: STREAMS }, () => randomUUID());
  const ends = new Map(ids.map((id) => [id, startOf(streamName('order', id))]));
  const commits: Commit[] = [];
  const events: OrderEvent[] = [];
  for (let round = 0; round < COMMITS_PER_STREAM; round++) {
    for (const [id, after] of ends) {
      const decided = eventsOf(id, round);
      const commit = await store.append({ after, events: decided, metadata });
      ends.set(id, endOf(commit));
      commits.push(commit);
      events.push(...decided);
    }
  }
  return { commits, events, delivery: { Records: commits.map((one, index) => encodeStreamRecord(one, index + 1)) } };
}

/** What anybody has to do first with a delivery: its commits, unpacked. */
export function commitsOf({ Records }: RecordedBatch['delivery']): Commit[] {
  return Records.map(decodeStreamRecord).filter((commit) => commit !== undefined);
}

/** The order is placed by its first event; the others add lines to it. */
function eventsOf(orderId: string, round: number): OrderEvent[] {
  const first = round * EVENTS_PER_COMMIT;
  return round === 0
    ? [orderPlaced(orderId), ...lines(orderId, 1, EVENTS_PER_COMMIT - 1)]
    : lines(orderId, first, EVENTS_PER_COMMIT);
}

/** A row for each order, by its id: what the events come to. */
export function foldOrders(events: readonly OrderEvent[]): Map<string, Order> {
  const orders = new Map<string, Order>();
  for (const event of events) {
    const { orderId } = event.data;
    orders.set(orderId, apply(orders.get(orderId) ?? newOrder, event));
  }
  return orders;
}

export interface Sales {
  readonly units: number;
  readonly cents: number;
}

/** A row for each kind of product: what the events come to. */
export function foldSales(events: readonly OrderEvent[]): Map<string, Sales> {
  const sales = new Map<string, Sales>();
  for (const event of events) {
    if (event.type !== 'LineAdded') continue;
    const { product, units, unitPrice } = event.data;
    const before = sales.get(product.category) ?? { units: 0, cents: 0 };
    sales.set(product.category, {
      units: before.units + units,
      cents: before.cents + units * unitPrice.cents,
    });
  }
  return sales;
}
