/* What the examples of docstrings take for granted, each by its usual name. Only types matter: nothing here is run. */
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type Append,
  type Clock,
  type Commit,
  defineAggregate,
  defineEvents,
  type EventSchemas,
  type EventStore,
  type Metadata,
  type NewEvent,
  type Position,
  type Random,
  type RecordedEvent,
  type RepositoryOf,
} from '@everfold/core';
import type { ComparedPorts, StoreOperation } from '@everfold/core/testing';
import type { DeadLetters } from '@everfold/local';
import { merge, type ParkingLot, type Projection, put, type ReadModelStore, type Sink } from '@everfold/projections';
import type { SinkBench } from '@everfold/projections/testing';
import type { AnySaga, Saga, Timers } from '@everfold/saga';
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { z } from 'zod';

export const OrderPlaced = z.object({ orderId: z.string(), amountCents: z.number().int() });
export const orderEvents = defineEvents({ OrderPlaced });
export const paymentEvents = defineEvents({ PaymentCaptured: z.object({ orderId: z.string() }) });

export const order = defineAggregate({
  category: 'order',
  events: orderEvents,
  initial: () => ({ status: 'new' }),
  evolve: { OrderPlaced: (state) => state },
  commands: {
    place: (_state, { amountCents }: { amountCents: number }) => [
      { type: 'OrderPlaced', data: { orderId: '7', amountCents } },
    ],
    reserve: (_state, _input: { units: number }) => [],
  },
});

export const counter = defineAggregate({
  category: 'counter',
  events: defineEvents({ Increased: z.object({ by: z.number() }) }),
  initial: () => ({ total: 0 }),
  evolve: { Increased: (state, { by }) => ({ total: state.total + by }) },
  commands: { increase: (_state, by: number) => [{ type: 'Increased', data: { by } }] },
});

export interface OrderRow {
  readonly status: string;
  readonly placedAt: string;
  readonly amountCents: number;
}

declare function given<TValue>(): TValue;

export const store = given<EventStore>();
export const eventStore = given<EventStore>();
export const stock = given<RepositoryOf<typeof order>>();
export const state = given<{ readonly status: string }>();
export const client = given<DynamoDBClient>();
export const readModels = given<ReadModelStore>();
export const sink = given<Sink<typeof orderEvents>>();
export const eventOf = given<SinkBench<typeof orderEvents>['eventOf']>();
export const seen = given<SinkBench<typeof orderEvents>['seen']>();
export const lot = given<ParkingLot>();
export const orders = given<Projection<OrderRow>>();
export const ordersV2 = given<Projection<OrderRow>>();
export const ordersProjection = given<Projection<OrderRow>>();
export const revenue = given<Projection<OrderRow>>();
export const fulfilmentV1 = given<Saga<EventSchemas, { readonly charge: unknown }>>();
export const fulfilmentV2 = given<Saga<EventSchemas, { readonly charge: unknown }>>();
export const timers = given<Timers>();
export const saga = given<AnySaga>();
export const clock = given<Clock>();
export const random = given<Random>();
export const commit = given<Commit>();
export const commits = given<readonly Commit[]>();
export const orderPlaced = given<RecordedEvent>();
export const after = given<Position>();
export const events = given<readonly NewEvent[]>();
export const more = given<readonly NewEvent[]>();
export const metadata = given<Metadata>();
export const toOrder = given<Append>();
export const toStock = given<Append>();
export const event = given<DynamoDBStreamEvent>();
export const context = given<Context>();
export const Items = given<readonly Record<string, AttributeValue>[]>();
export const deadLetters = given<DeadLetters>();
export const stream = given<string>();
export const sku = given<string>();
export const id = given<string>();
export const endpoint = given<string>();
export const attempt = given<number>();
export const error = given<unknown>();
export const log = given<(message: string, error?: unknown) => void>();
export const handler = given<(event: unknown, context?: unknown) => Promise<unknown>>();
export const archive = given<(stream: string, commit: Commit) => Promise<void>>();
export const inMemory = given<(ports: ComparedPorts) => EventStore>();
export const onDynamoDB = given<(ports: ComparedPorts) => EventStore>();
export const operations = given<readonly StoreOperation[]>();
export { fc, merge, put };
