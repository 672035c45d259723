import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { InvalidArgumentError, systemIds } from '@everfold/core';
import { eventTable } from '../table.js';

/** An event table of a test's own. It is what `DynamoDBEventStore` takes. */
export interface TestTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Deletes the table and lets its client go. */
  readonly drop: () => Promise<void>;
}

/**
 * Makes a client of DynamoDB Local.
 *
 * @param endpoint - Where it listens, such as `http://localhost:8000`. Default: the environment's `DYNAMODB_ENDPOINT`.
 * @throws InvalidArgumentError when there is no endpoint: a test never reaches for AWS by accident.
 *
 * @example
 * ```ts
 * const client = createTestClient('http://localhost:8000');
 * ```
 */
export function createTestClient(endpoint = process.env.DYNAMODB_ENDPOINT): DynamoDBClient {
  if (!endpoint) {
    throw new InvalidArgumentError(
      'There is no DynamoDB to test on. Set DYNAMODB_ENDPOINT to where DynamoDB Local listens.',
    );
  }
  return new DynamoDBClient({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/**
 * Creates an event table under a name that no other test has, with a client of its own.
 *
 * @param endpoint - As `createTestClient` takes it.
 * @throws InvalidArgumentError when there is no endpoint.
 *
 * @example
 * ```ts
 * const table = await createTestTable();
 * afterAll(table.drop);
 * const store = new DynamoDBEventStore(table);
 * ```
 */
export async function createTestTable(endpoint?: string): Promise<TestTable> {
  const client = createTestClient(endpoint);
  const tableName = `events-${systemIds()}`;
  await client.send(new CreateTableCommand(eventTable(tableName)));
  await waitUntilTableExists({ client, maxWaitTime: 60 }, { TableName: tableName });
  return {
    client,
    tableName,
    drop: async () => {
      await client.send(new DeleteTableCommand({ TableName: tableName }));
      client.destroy();
    },
  };
}
