import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Clock, EventStore, IdGenerator, StreamStore } from '@everfold/core';
import type { BesideRowsWrites, InRowWrites, ParkingQueries, ParkingWrites, RowQueries } from '@everfold/projections';
import type { Timers } from '@everfold/saga';
import type { Connections } from '../connections/connections.js';
import type { Books } from '../world/books.js';

/** What the service needs of its surroundings. Types only: a function's bundle has what it asks for, and nothing else. */
export interface Surroundings {
  /** The client of the service's own tables. */
  readonly dynamoDB: DynamoDBClient;
  readonly eventStore: StreamStore;
  readonly eventReader: Pick<EventStore, 'read'>;
  readonly readModels: RowQueries;
  readonly inRowWrites: InRowWrites;
  readonly besideRowsWrites: BesideRowsWrites;
  /** What projections park streams with that they cannot apply. */
  readonly parkingWrites: ParkingWrites;
  /** What is asked which streams wait there. */
  readonly parkingQueries: ParkingQueries;
  readonly bus: { readonly client: EventBridgeClient; readonly busName: string };
  /** Bring a step of the fulfilment back. */
  readonly timers: Timers;
  /** The books of the simulated payment provider, carrier and mailer. */
  books<TEntry>(name: string): Books<TEntry>;
  /** Who is connected, and as whom. */
  readonly connections: Connections;
  readonly clock: Clock;
  readonly ids: IdGenerator;
}

let provided: Partial<Surroundings> = {};

/** For a host that is not AWS: has the functions use these surroundings. Call it before any of them is loaded. */
export function provide(surroundings: Partial<Surroundings>): void {
  provided = { ...provided, ...surroundings };
}

/** Something of the process: what the host has provided, else what is made, once, when it is first asked for. */
export function surrounding<TName extends keyof Surroundings>(
  name: TName,
  make: () => Surroundings[TName],
): () => Surroundings[TName] {
  return once<Surroundings[TName]>(() => provided[name] ?? make());
}

/** Computes a value when it is first asked for. */
export function once<TValue>(compute: () => TValue): () => TValue {
  let made: { readonly value: TValue } | undefined;
  return () => {
    made ??= { value: compute() };
    return made.value;
  };
}
