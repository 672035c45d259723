import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findFreePort } from './free-port.js';
import { whyNoAnswer } from './http-answer.js';
import { NoBackendError } from './no-backend-error.js';
import { type RunningDynamoDB, type StartOptions, startDynamoDB } from './start-dynamodb.js';

async function start(options: StartOptions): Promise<RunningDynamoDB> {
  const dynamodb = await startDynamoDB({ environment: {}, ...options });
  if (!dynamodb) throw new Error('No DynamoDB was started.');
  onTestFinished(() => dynamodb.stop());
  return dynamodb;
}

function connect(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials });
  onTestFinished(() => client.destroy());
  return client;
}

async function createTable(endpoint: string, name: string): Promise<void> {
  await connect(endpoint).send(
    new CreateTableCommand({
      TableName: name,
      KeySchema: [{ AttributeName: 'stream', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'stream', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
}

async function listTables(endpoint: string): Promise<readonly string[]> {
  const { TableNames = [] } = await connect(endpoint).send(new ListTablesCommand({}));
  return TableNames;
}

/** Why no container can be run here. Nobody may be let off who asked for containers. */
async function whyNoContainer(): Promise<string | undefined> {
  if (process.env.EVERFOLD_DYNAMODB === 'docker') return undefined;
  try {
    await (await startDynamoDB({ use: 'docker', environment: {} }))?.stop();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

describe('startDynamoDB', () => {
  it('runs the jar, and leaves nothing behind at its port', async () => {
    const dynamodb = await start({ use: 'java' });
    await createTable(dynamodb.endpoint, 'orders');

    expect(await listTables(dynamodb.endpoint)).toEqual(['orders']);
    expect(dynamodb).toMatchObject({ backend: 'java', keepsTables: false, passedOver: [] });

    await dynamodb.stop();
    expect(await whyNoAnswer(dynamodb.endpoint, 1_000)).toContain('ECONNREFUSED');
  });

  it('keeps tables in a data directory from one start of the jar to the next', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'tables-'));
    onTestFinished(() => rm(dataDirectory, { recursive: true }));
    const first = await start({ use: 'java', dataDirectory });
    await createTable(first.endpoint, 'orders');
    await first.stop();

    const second = await start({ use: 'java', environment: { EVERFOLD_DATA_DIR: dataDirectory } });

    expect(await listTables(second.endpoint)).toEqual(['orders']);
    expect([first.keepsTables, second.keepsTables]).toEqual([true, true]);
  });

  it('says that a data directory cannot be written to, and what to do', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tables-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, 'file'), '');

    const dynamodb = startDynamoDB({ use: 'java', environment: {}, dataDirectory: join(directory, 'file', 'tables') });

    await expect(dynamodb).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(dynamodb).rejects.toThrow(
      /cannot keep its tables in ".*file.tables" \(.*Name another directory in EVERFOLD_DATA_DIR/,
    );
  });

  it('refuses a port that is taken', async () => {
    const { endpoint } = await start({ use: 'java' });

    const second = startDynamoDB({ use: 'java', port: Number(new URL(endpoint).port) });

    await expect(second).rejects.toThrow(`Something else answers at ${endpoint}.`);
  });

  it('runs the container at the port asked for, and removes it', async ({ skip }) => {
    const trouble = await whyNoContainer();
    skip(trouble !== undefined, trouble);
    const port = await findFreePort();
    const dynamodb = await start({ use: 'docker', port });
    await createTable(dynamodb.endpoint, 'orders');

    expect(await listTables(dynamodb.endpoint)).toEqual(['orders']);
    expect(dynamodb.backend).toBe('docker');
    expect(new URL(dynamodb.endpoint).port).toBe(`${port}`);

    await dynamodb.stop();
    expect(await whyNoAnswer(dynamodb.endpoint, 1_000)).toBeDefined();
  });

  it('uses an endpoint that is set, and leaves it running', async () => {
    const { endpoint } = await start({ use: 'java' });

    const dynamodb = await start({ environment: { DYNAMODB_ENDPOINT: endpoint } });
    await dynamodb.stop();

    expect(dynamodb).toMatchObject({ backend: 'endpoint', endpoint });
    expect(await whyNoAnswer(endpoint, 1_000)).toBeUndefined();
  });

  it('names an endpoint that does not answer', async () => {
    const endpoint = `http://127.0.0.1:${await findFreePort()}`;

    const dynamodb = startDynamoDB({ endpoint, environment: {} });

    await expect(dynamodb).rejects.toThrow(NoBackendError);
    await expect(dynamodb).rejects.toThrow(`It is ${endpoint}, but nothing answers there (connect ECONNREFUSED`);
  });

  it('refuses an endpoint that is no URL', async () => {
    const dynamodb = startDynamoDB({ endpoint: 'localhost:8000', environment: {} });

    await expect(dynamodb).rejects.toThrow('It is "localhost:8000", which is not an http or https URL.');
  });

  it('starts nothing when memory is asked for', async () => {
    expect(await startDynamoDB({ environment: { EVERFOLD_DYNAMODB: 'memory' } })).toBeUndefined();
  });
});
