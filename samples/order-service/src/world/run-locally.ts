import { join } from 'node:path';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { type Commit, InMemoryEventStore } from '@everfold/core';
import {
  type Consumption,
  createStreamConsumer,
  encodeStreamRecord,
  eventTable,
  fromItem,
  meterCapacity,
} from '@everfold/dynamodb-store';
import {
  createTables,
  fileDeadLetters,
  type LocalHost,
  NoBackendError,
  RecordFeed,
  type RunningDynamoDB,
  type StreamConsumer,
  type StreamSource,
  startDynamoDB,
  startHost,
  startTokenIssuer,
  type TokenIssuer,
  tableStream,
} from '@everfold/local';
import {
  DynamoDBReadModelStore,
  InMemoryParkingLot,
  InMemoryReadModelStore,
  type RowQueries,
  readModelTable,
} from '@everfold/projections';
import { InMemoryConnections } from '../connections/connections.js';
import { connectionsTable } from '../connections/dynamodb-connections.js';
import { functions } from '../functions.js';
import { corsFor } from '../http/cors.js';
import { carrier } from '../services/carrier.js';
import { mailer } from '../services/mailer.js';
import { provide } from '../services/provided.js';
import { provider } from '../services/provider.js';
import { readModels } from '../services/read-models.js';
import { stock } from '../services/stock.js';
import type { Audited } from './audit.js';
import { InMemoryBooks } from './books.js';
import { Callers } from './callers.js';
import { booksTable } from './dynamodb-books.js';

/** Names of the tables and the bus; each may be set by an environment variable, as on AWS. */
const NAMES = {
  EVENTS_TABLE: process.env.EVENTS_TABLE ?? 'events',
  READ_MODELS_TABLE: process.env.READ_MODELS_TABLE ?? 'read-models',
  BOOKS_TABLE: process.env.BOOKS_TABLE ?? 'books',
  CONNECTIONS_TABLE: process.env.CONNECTIONS_TABLE ?? 'connections',
  BUS_NAME: process.env.BUS_NAME ?? 'orders',
  BUS_ARN: process.env.BUS_ARN ?? 'arn:aws:events:us-east-1:000000000000:event-bus/orders',
  // What is overdue comes back at once: the local scheduler has no minutes to count in.
  TIMERS_LEAD_SECONDS: process.env.TIMERS_LEAD_SECONDS ?? '1',
  TIMERS_ROLE_ARN: process.env.TIMERS_ROLE_ARN ?? 'arn:aws:iam::000000000000:role/timers',
};

/** The order service, running on this machine. */
export interface LocalService {
  readonly host: LocalHost;
  /** Those who call its API. */
  readonly callers: Callers;
  /** Where tokens come from, to call it by hand. */
  readonly issuer: TokenIssuer;
  readonly stock: ReturnType<typeof stock>;
  readonly readModels: RowQueries;
  readonly backend: RunningDynamoDB['backend'] | 'memory';
  /** The backend in words, and why a better one was passed over. */
  readonly description: readonly string[];
  /** Everything in the event store. Not metered. */
  commits(): AsyncIterable<Commit> | Iterable<Commit>;
  /** The same read models and books, read without the meter. */
  readonly audited: Audited;
  /** What the service has consumed of DynamoDB so far. */
  consumption(): Consumption;
  stop(): Promise<void>;
}

/** How the service is run. */
export interface LocalOptions {
  /** Hears of every commit, after it was recorded. */
  readonly onCommit?: (commit: Commit) => void;
}

/** Where the host keeps what is to outlive it, in the directory that it is started in. */
const HOME = '.everfold';

/** Where events go that a function could not be made to take. */
export const DEAD_LETTERS = join(HOME, 'dead-letters.jsonl');

/** A backend, ready for the functions. */
interface Ground {
  readonly source: StreamSource;
  commits(): AsyncIterable<Commit> | Iterable<Commit>;
  consumption(): Consumption;
  /** Read models that are read without the meter. */
  readonly readModels: RowQueries;
}

/**
 * Runs the whole service in this process: on DynamoDB if one can be had, else on the in-memory store.
 *
 * Where the tables outlive this process, so does how far it has come: a run that was killed is gone on with.
 *
 * @throws NoBackendError when a backend is forced, and not to be had.
 * @throws StateInUseError when it runs already, on the same tables and in the same directory.
 */
export async function runLocally({ onCommit }: LocalOptions): Promise<LocalService> {
  // The SDK's word on Node 20 is for those who deploy, not for a display on a terminal.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  // Nothing here checks them, but the SDK sends no request without.
  process.env.AWS_REGION ??= 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID ??= 'local';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
  // What stands on a terminal is for people: lines say what went wrong, and nothing is measured.
  process.env.POWERTOOLS_LOG_LEVEL ??= 'ERROR';
  process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';
  Object.assign(process.env, NAMES);
  const { dynamodb, description } = await findBackend();
  let issuer: TokenIssuer | undefined;
  try {
    issuer = await startTokenIssuer();
    const { environment, stop: stopIssuing } = issuer;
    const ground = dynamodb === undefined ? inMemory() : await onDynamoDB(dynamodb);
    const host = await startHost({
      functions,
      environment,
      http: { jwt: issuer, ...(process.env.CORS_ORIGINS && { cors: corsFor(process.env.CORS_ORIGINS) }) },
      source: ground.source,
      busName: NAMES.BUS_NAME,
      deadLetters: fileDeadLetters(DEAD_LETTERS),
      // What is known of tables that end with this process is of no use to the next.
      ...(dynamodb?.keepsTables ? { stateDirectory: join(HOME, 'state') } : {}),
      watchers: onCommit === undefined ? [] : [watcher(onCommit)],
    });
    return {
      host,
      callers: new Callers(issuer, host.api),
      issuer,
      stock: stock(),
      readModels: readModels(),
      audited: { readModels: ground.readModels, provider: provider(), carrier: carrier(), mailer: mailer() },
      backend: dynamodb?.backend ?? 'memory',
      description:
        host.resumed === 0 ? description : [...description, `Went on with ${host.resumed} deliveries on the bus.`],
      commits: ground.commits,
      consumption: ground.consumption,
      stop: async () => {
        await host.stop();
        await stopIssuing();
        await dynamodb?.stop();
      },
    };
  } catch (error) {
    await issuer?.stop();
    await dynamodb?.stop();
    throw error;
  }
}

async function findBackend(): Promise<{ dynamodb: RunningDynamoDB | undefined; description: readonly string[] }> {
  try {
    const dynamodb = await startDynamoDB();
    return { dynamodb, description: [describeBackend(dynamodb)] };
  } catch (error) {
    // Without Docker and Java the in-memory store will do, unless somebody insists.
    const isForced = process.env.EVERFOLD_DYNAMODB !== undefined || process.env.DYNAMODB_ENDPOINT !== undefined;
    if (!(error instanceof NoBackendError) || isForced) throw error;
    return { dynamodb: undefined, description: [describeBackend(undefined), error.message] };
  }
}

function describeBackend(dynamodb: RunningDynamoDB | undefined): string {
  switch (dynamodb?.backend) {
    case 'endpoint':
      return `DynamoDB at ${dynamodb.endpoint}`;
    case 'docker':
      return 'DynamoDB Local in Docker';
    case 'java':
      return 'DynamoDB Local on Java';
    case undefined:
      return 'the in-memory store: nothing outlives this process';
  }
}

async function onDynamoDB({ endpoint }: RunningDynamoDB): Promise<Ground> {
  process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoint;

  const unmetered = new DynamoDBClient({});
  await createTables(unmetered, [
    eventTable(NAMES.EVENTS_TABLE),
    readModelTable(NAMES.READ_MODELS_TABLE),
    booksTable(NAMES.BOOKS_TABLE),
    connectionsTable(NAMES.CONNECTIONS_TABLE),
  ]);
  const client = new DynamoDBClient({});
  const meter = meterCapacity(client);
  provide({ dynamoDB: client });
  return {
    source: await tableStream({
      client: new DynamoDBStreamsClient({ endpoint }),
      table: NAMES.EVENTS_TABLE,
      idleMs: 50,
    }),
    readModels: new DynamoDBReadModelStore({ client: unmetered, tableName: NAMES.READ_MODELS_TABLE }),
    consumption: () => meter.read(),
    async *commits() {
      const pages = paginateScan({ client: unmetered }, { TableName: NAMES.EVENTS_TABLE, ConsistentRead: true });
      for await (const { Items = [] } of pages) yield* Items.map(fromItem);
    },
  };
}

function inMemory(): Ground {
  const store = new InMemoryEventStore();
  const source = new RecordFeed('memory:events');
  let sequence = 0;
  store.subscribe((commit) => source.push(encodeStreamRecord(commit, ++sequence)));
  const readModels = new InMemoryReadModelStore();
  const parkingLot = new InMemoryParkingLot();
  provide({
    eventStore: store,
    eventReader: store,
    readModels,
    inRowWrites: readModels,
    besideRowsWrites: readModels,
    parkingQueries: parkingLot,
    parkingWrites: parkingLot,
    books: () => new InMemoryBooks(),
    connections: new InMemoryConnections(),
  });
  return {
    source,
    readModels,
    commits: () => store.commits(),
    consumption: () => ({ requests: {}, capacityUnits: {} }),
  };
}

/** A display that stands beside the functions: it hears of the commits as they do. */
function watcher(onCommit: (commit: Commit) => void): StreamConsumer {
  const handler = createStreamConsumer({
    handle: async (commits) => {
      for (const commit of commits) onCommit(commit);
      return [];
    },
  });
  return { name: 'watcher', invoke: handler, batchSize: 1_000 };
}
