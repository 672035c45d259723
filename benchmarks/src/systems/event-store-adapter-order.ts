import type { Aggregate, AggregateId, Event } from 'event-store-adapter-js';
import { apply, metadata, newOrder, type Order, type OrderEvent } from '../order.js';

/** The order in the shapes that event-store-adapter-js asks for. */

export class OrderId implements AggregateId {
  readonly typeName = 'order';
  readonly value: string;

  constructor(value: string) {
    this.value = value;
  }

  readonly asString = () => `${this.typeName}-${this.value}`;
}

export interface OrderRecord extends Event<OrderId> {
  readonly event: OrderEvent;
  readonly metadata: typeof metadata;
}

export function toRecord(aggregateId: OrderId, sequenceNumber: number, event: OrderEvent): OrderRecord {
  return {
    typeName: event.type,
    // The event's id is the user's to make; this one costs next to nothing.
    id: `${aggregateId.value}.${sequenceNumber}`,
    aggregateId,
    sequenceNumber,
    occurredAt: new Date(),
    isCreated: sequenceNumber === 1,
    event,
    metadata,
  };
}

/** Its serializer wraps what it stores: `{ type, data }`. It types the parsed JSON as a string. */
export function toRecordFromJson(json: unknown): OrderRecord {
  const { data } = json as { data: OrderRecord };
  return { ...data, aggregateId: new OrderId(data.aggregateId.value), occurredAt: new Date(data.occurredAt) };
}

export class OrderAggregate implements Aggregate<OrderAggregate, OrderId> {
  readonly typeName = 'order';
  readonly id: OrderId;
  readonly order: Order;
  readonly sequenceNumber: number;
  readonly version: number;

  constructor(id: OrderId, order: Order, sequenceNumber: number, version: number) {
    this.id = id;
    this.order = order;
    this.sequenceNumber = sequenceNumber;
    this.version = version;
  }

  static new(id: OrderId): OrderAggregate {
    return new OrderAggregate(id, newOrder, 0, 0);
  }

  /** The aggregate after some events, as the README's `replay` does it. */
  replay(records: readonly OrderRecord[]): OrderAggregate {
    const order = records.reduce((folded, { event }) => apply(folded, event), this.order);
    return new OrderAggregate(this.id, order, this.sequenceNumber + records.length, this.version);
  }

  withVersion(version: number): OrderAggregate {
    return new OrderAggregate(this.id, this.order, this.sequenceNumber, version);
  }

  updateVersion(change: (version: number) => number): OrderAggregate {
    return this.withVersion(change(this.version));
  }
}

export function toAggregateFromJson(json: unknown): OrderAggregate {
  const { data } = json as { data: OrderAggregate };
  return new OrderAggregate(new OrderId(data.id.value), data.order, data.sequenceNumber, data.version);
}
