import {
  type Append,
  type Commit,
  defineEvents,
  type EventStore,
  endOf,
  InMemoryEventStore,
  startOf,
} from '@everfold/core';
import { encodeStreamRecord } from '@everfold/dynamodb-store';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { z } from 'zod';
import { add, merge, put, remove } from './changes.js';
import { defineProjection } from './projection.js';
import { rowsOf } from './projection-rows.js';

export const orderEvents = defineEvents({
  OrderPlaced: z.object({ cents: z.number().int(), day: z.string() }),
  OrderCancelled: z.object({ why: z.string() }),
  OrderErased: z.object({}),
  NoteTaken: z.object({ text: z.string() }),
});

export const paymentEvents = defineEvents({
  PaymentCaptured: z.object({ orderId: z.string(), cents: z.number().int() }),
});

export interface OrderRow {
  readonly status: 'placed' | 'paid' | 'cancelled';
  readonly cents: number;
  readonly day: string;
  readonly paidCents?: number;
}

/** A row for each order, fed by two streams: versions in the row. */
export const orders = defineProjection({
  name: 'orders',
  version: 1,
  events: { ...orderEvents, ...paymentEvents },
  rows: rowsOf<OrderRow>(),
  on: {
    OrderPlaced: ({ data, stream }) => put(stream, { status: 'placed', cents: data.cents, day: data.day }),
    OrderCancelled: ({ stream }) => merge(stream, { status: 'cancelled' }),
    OrderErased: ({ stream }) => remove(stream),
    PaymentCaptured: ({ data }) => merge(data.orderId, { status: 'paid', paidCents: data.cents }),
  },
  listed: ({ status, day }) => ({ group: status, sort: day }),
});

/** A row for each day, fed by every order: positions beside the rows. */
export const revenue = defineProjection({
  name: 'revenue',
  version: 1,
  events: orderEvents,
  rows: rowsOf<{ readonly orders: number; readonly cents: number }>(),
  positions: 'beside-rows',
  spread: 1,
  on: {
    OrderPlaced: ({ data }) => add(data.day, { orders: 1, cents: data.cents }),
  },
});

export function placed(cents: number, day = '2026-01-01'): Append['events'][number] {
  return { type: 'OrderPlaced', data: { cents, day } };
}

export const cancelled = { type: 'OrderCancelled', data: { why: 'late' } };
export const erased = { type: 'OrderErased', data: {} };
export const noted = { type: 'NoteTaken', data: { text: 'ring twice' } };

export function captured(orderId: string, cents: number): Append['events'][number] {
  return { type: 'PaymentCaptured', data: { orderId, cents } };
}

/** Records a new stream: a commit for each list of events. */
export async function record(store: EventStore, stream: string, ...commits: Append['events'][]): Promise<Commit[]> {
  const recorded: Commit[] = [];
  for (const events of commits) {
    const last = recorded.at(-1);
    const after = last === undefined ? startOf(stream) : endOf(last);
    recorded.push(await store.append({ after, events, metadata: { correlationId: 'c', causationId: 'c' } }));
  }
  return recorded;
}

/** The batch that delivers these commits; the n-th record has the n-th sequence number. */
export function delivery(...commits: readonly (Commit | undefined)[]): DynamoDBStreamEvent {
  return {
    Records: commits.flatMap((commit, index) => (commit === undefined ? [] : [encodeStreamRecord(commit, index + 1)])),
  };
}

/** An event store in memory that counts how often it is read. */
export class CountingEventStore extends InMemoryEventStore {
  readonly reads: string[] = [];

  override async *read(...[stream, range = {}]: Parameters<EventStore['read']>): AsyncIterable<Commit> {
    this.reads.push(`${stream} (${range.after ?? 0}, ${range.upTo ?? ''}]`);
    yield* super.read(stream, range);
  }
}
