import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { systemIds } from '@everfold/core';
import { DynamoDBEventStore, eventTable } from '@everfold/dynamodb-store';
import { createTables, type DeadLetter, startHost, startTokenIssuer, tableStream } from '@everfold/local';
import { InMemoryParkingLot, readModelTable } from '@everfold/projections';
import { vi } from 'vitest';
import { functions } from '../functions.js';
import { STAFF_SCOPE } from '../http/caller.js';
import { provide } from '../services/provided.js';
import { stock } from '../services/stock.js';
import { InMemoryBooks } from '../world/books.js';

const PUSHING: ReadonlySet<string> = new Set(['connect-customer', 'disconnect-customer', 'push-status']);

/** A request to the event table, and what it cost. */
export interface Spent {
  readonly request: string;
  readonly units: number;
}

/** The service on the local host, with tables of its own on DynamoDB Local. Import it afresh: a process has one of it. */
export async function startService() {
  const { DYNAMODB_ENDPOINT: endpoint = 'http://localhost:8000' } = process.env;
  const run = systemIds();
  const names = {
    EVENTS_TABLE: `events-${run}`,
    READ_MODELS_TABLE: `read-models-${run}`,
    BOOKS_TABLE: `books-${run}`,
    POWERTOOLS_LOG_LEVEL: 'ERROR',
    BUS_NAME: 'orders',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  for (const [name, value] of Object.entries(names)) vi.stubEnv(name, value);
  const client = new DynamoDBClient({ endpoint });
  await createTables(client, [eventTable(names.EVENTS_TABLE), readModelTable(names.READ_MODELS_TABLE)]);
  const spent = meterStreams(client, names.EVENTS_TABLE);
  const parkingLot = new InMemoryParkingLot();
  provide({
    dynamoDB: client,
    parkingQueries: parkingLot,
    parkingWrites: parkingLot,
    books: () => new InMemoryBooks(),
    timers: { set: async () => undefined },
  });
  const deadLetters: DeadLetter[] = [];
  const issuer = await startTokenIssuer();
  const host = await startHost({
    // Without those that push: they are no routes of the API, and need a gateway of their own.
    // From the sources: no build stands between an edit and its test.
    functions: functions
      .filter(({ name }) => !PUSHING.has(name))
      .map((each) => ({ ...each, entry: new URL(each.entry.href.replace(/\.js$/, '.ts')) })),
    source: await tableStream({
      client: new DynamoDBStreamsClient({ endpoint }),
      table: names.EVENTS_TABLE,
      idleMs: 20,
    }),
    busName: names.BUS_NAME,
    http: { jwt: issuer },
    deadLetters: { write: async (letter) => void deadLetters.push(letter) },
  });
  await stock().execute('lamp', 'receive', { units: 1_000 });
  const tokens = {
    ada: await issuer.token({ subject: 'ada' }),
    bob: await issuer.token({ subject: 'bob' }),
    staff: await issuer.token({ subject: 'ann', scopes: [STAFF_SCOPE] }),
  };
  return {
    api: host.api,
    tokens,
    stop: async () => {
      await host.stop();
      await issuer.stop();
    },
    deadLetters,
    store: new DynamoDBEventStore({ client: new DynamoDBClient({ endpoint }), tableName: names.EVENTS_TABLE }),
    /** What was spent on the stream of an order since it was last asked. */
    spentOn: (orderId: string): readonly Spent[] => spent(`order-${orderId}`),
  };
}

/** Counts the requests to a table that are about a stream; what else the service does goes on beside them. */
function meterStreams(client: DynamoDBClient, table: string): (stream: string) => readonly Spent[] {
  const all: (Spent & { readonly input: string })[] = [];
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const entry = { request: commandName.replace('Command', ''), input: JSON.stringify(args.input) };
        try {
          const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } as never });
          const { ConsumedCapacity } = result.output as { ConsumedCapacity?: { CapacityUnits?: number } };
          all.push({ ...entry, units: ConsumedCapacity?.CapacityUnits ?? 0 });
          return result;
        } catch (error) {
          all.push({ ...entry, units: 0 });
          throw error;
        }
      },
    { step: 'initialize', name: 'meterStreams' },
  );
  return (stream) => {
    // Rows name streams, too.
    const found = all.filter(({ input }) => [table, stream].every((name) => input.includes(JSON.stringify(name))));
    for (const each of found) all.splice(all.indexOf(each), 1);
    return found.map(({ request, units }) => ({ request, units }));
  };
}
