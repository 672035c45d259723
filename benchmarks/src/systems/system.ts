import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LineAdded, Order, OrderEvent } from '../order.js';

export const systemNames = ['everfold', 'raw', 'castore', 'event-store-adapter-js'] as const;
export type SystemName = (typeof systemNames)[number];

/** What is compared. Every method is what a user of the system would write. */
export interface System {
  readonly name: SystemName;
  readonly tables: readonly CreateTableCommandInput[];

  /** Records the first event of an order. */
  place(orderId: string): Promise<OpenOrder>;

  /** Reads all events of an order and folds them. */
  load(orderId: string): Promise<Order>;

  /** Loads in the fastest way that the system has for a long order. */
  loadLong(orderId: string): Promise<Order>;

  /** Loads an order, adds a line to it, and does so again when somebody else was first. The order may be new. */
  addLine(orderId: string, line: LineAdded): Promise<void>;

  /** All events of an order, as they were recorded. */
  history(orderId: string): Promise<readonly Recorded[]>;
}

/** An order whose writer knows where it stands. */
export interface OpenOrder {
  /** Appends events, all or nothing where the system can. */
  append(events: readonly OrderEvent[]): Promise<void>;
}

export interface Recorded {
  readonly version: number;
  readonly data: unknown;
}

/**
 * Every table that events are written to has a stream, as Everfold's has: that is how events get out. On AWS it costs a
 * writer nothing; DynamoDB Local writes it in the same process, and takes a third longer.
 */
export const withStream = {
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
} as const satisfies Partial<CreateTableCommandInput>;

/** What a system works with. */
export interface Setting {
  readonly client: DynamoDBClient;
  /** Beginning of the names of its tables. */
  readonly prefix: string;
}

/** A system, and how an order of any length comes to be in its table. */
export interface SystemDefinition {
  readonly name: SystemName;
  create(setting: Setting): System;
  /** Records an order of so many events, in the form in which the system's own writes would have left it. */
  seed(setting: Setting, orderId: string, events: number): Promise<void>;
  /** The same for `loadLong`, with the snapshots that the system takes. */
  seedLong(setting: Setting, orderId: string, events: number): Promise<void>;
}
