import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  type Clock,
  createRepository,
  type EventStore,
  type IdGenerator,
  systemClock,
  systemIds,
} from '@everfold/core';
import { DynamoDBEventStore } from '@everfold/dynamodb-store';
import {
  DynamoDBParkingLot,
  DynamoDBReadModelStore,
  type ParkingLot,
  type ReadModelStore,
} from '@everfold/projections';
import { SchedulerTimers, type Timers } from '@everfold/saga';
import { SOURCE } from './events.js';
import { Mailer } from './notifications/mailer.js';
import { order } from './orders/order.js';
import { PaymentProvider } from './payments/payment-provider.js';
import { Carrier } from './shipments/carrier.js';
import { stock } from './stock/stock.js';
import type { Books } from './world/books.js';
import { DynamoDBBooks } from './world/dynamodb-books.js';

/** What the service needs of its surroundings. */
export interface Surroundings {
  readonly store: EventStore;
  readonly readModels: ReadModelStore;
  /** Where a stream waits that a projection cannot apply. */
  readonly lot: ParkingLot;
  readonly bus: { readonly client: EventBridgeClient; readonly name: string };
  /** Bring a step of the fulfilment back. */
  readonly timers: Timers;
  /** The books of the simulated payment provider and carrier. */
  books<TEntry>(name: string): Books<TEntry>;
  readonly clock: Clock;
  readonly ids: IdGenerator;
}

let make: () => Surroundings = () => surroundingsFromEnvironment(process.env);

/** For a host that is not AWS: has the functions use these surroundings. Call it before any of them is loaded. */
export function provideSurroundings(makeSurroundings: () => Surroundings): void {
  make = makeSurroundings;
}

/** On AWS, and wherever `AWS_ENDPOINT_URL_…` point to something that speaks its protocols: tables and bus by environment variables. */
export function surroundingsFromEnvironment(
  environment: NodeJS.ProcessEnv,
  client = new DynamoDBClient({}),
): Surroundings {
  const variable = (name: string) => variableOf(environment, name);
  return {
    store: new DynamoDBEventStore({ client, tableName: variable('EVENTS_TABLE') }),
    readModels: new DynamoDBReadModelStore({ client, tableName: variable('READ_MODELS_TABLE') }),
    lot: new DynamoDBParkingLot({ client, tableName: variable('READ_MODELS_TABLE') }),
    bus: { client: new EventBridgeClient({}), name: variable('BUS_NAME') },
    timers: schedulerTimers(environment),
    books: (name) => new DynamoDBBooks({ client: new DynamoDBClient({}), tableName: variable('BOOKS_TABLE'), name }),
    clock: systemClock,
    ids: systemIds,
  };
}

/** Timers that come back on the bus. */
export function schedulerTimers(environment: NodeJS.ProcessEnv): Timers {
  const { TIMERS_GROUP: groupName, TIMERS_DEAD_LETTERS_ARN: deadLetterArn } = environment;
  return new SchedulerTimers({
    client: new SchedulerClient({}),
    busArn: variableOf(environment, 'BUS_ARN'),
    roleArn: variableOf(environment, 'TIMERS_ROLE_ARN'),
    source: SOURCE,
    leadSeconds: Number(environment.TIMERS_LEAD_SECONDS ?? 10),
    ...(groupName !== undefined && { groupName }),
    ...(deadLetterArn !== undefined && { deadLetterArn }),
  });
}

function variableOf(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '')
    throw new Error(`Environment variable ${name} is not set. Set it to the name of the resource.`);
  return value;
}

/** Everything that the functions use, made once for each process. */
export const services = once(() => {
  const surroundings = make();
  const { store, books } = surroundings;
  return {
    ...surroundings,
    orders: createRepository(order, { store }),
    // Many orders want the same product: the one that comes second decides anew.
    stock: createRepository(stock, { store, attempts: 50 }),
    provider: new PaymentProvider(books('charges')),
    carrier: new Carrier(books('parcels')),
    mailer: new Mailer(books('mails')),
  };
});

function once<TValue>(compute: () => TValue): () => TValue {
  let made: { readonly value: TValue } | undefined;
  return () => {
    made ??= { value: compute() };
    return made.value;
  };
}
