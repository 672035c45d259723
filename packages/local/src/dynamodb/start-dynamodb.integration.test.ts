import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Position } from '../streams/source.js';
import { findStream, StreamsApi } from '../streams/streams-api.js';
import { findFreePort } from './free-port.js';
import { whyNoAnswer } from './http-answer.js';
import { NoBackendError } from './no-backend-error.js';
import { type RunningDynamoDB, type StartOptions, startDynamoDB } from './start-dynamodb.js';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Starts DynamoDB Local in a process that can be killed. It is built: `npm test` builds before it tests. */
const KILLABLE = fileURLToPath(new URL('../../../../scripts/kills/dynamodb.js', import.meta.url));

async function start(options: StartOptions): Promise<RunningDynamoDB> {
  const dynamodb = await startDynamoDB({ environment: {}, ...options });
  if (!dynamodb) throw new Error('No DynamoDB was started.');
  onTestFinished(() => dynamodb.stop());
  return dynamodb;
}

function connect(endpoint: string): DynamoDBClient {
  const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials: CREDENTIALS });
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
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  );
}

/** The ARN of the stream of the table, and its records from a position on. */
async function readStream(endpoint: string, position: Position) {
  const client = new DynamoDBStreamsClient({ endpoint, region: 'eu-west-1', credentials: CREDENTIALS });
  onTestFinished(() => client.destroy());
  const api = new StreamsApi(client, (await findStream(client, 'orders')) ?? '', new AbortController().signal);
  const [shard] = await api.describeShards();
  const { records } = await api.getRecords((await api.getIterator(shard?.ShardId ?? '', position)) ?? '');
  return {
    arn: api.streamArn,
    records: records.map(({ dynamodb: { Keys, SequenceNumber: number } }) => ({ stream: Keys?.stream?.S, number })),
  };
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

  it('has a data directory to itself', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'tables-'));
    onTestFinished(() => rm(dataDirectory, { recursive: true }));
    const first = await start({ use: 'java', dataDirectory });

    await expect(start({ use: 'java', dataDirectory })).rejects.toMatchObject({ code: 'STATE_IN_USE' });

    await first.stop();
    await start({ use: 'java', dataDirectory });
  });

  it('keeps a stream, its records and the positions in it from one start of the jar to the next, also when it is killed', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'tables-'));
    onTestFinished(() => rm(dataDirectory, { recursive: true }));
    const port = await findFreePort();
    // What starts it is killed, and it with that.
    const starter = spawn(process.execPath, [KILLABLE, dataDirectory, `${port}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(starter.stdout, 'data');
    const endpoint = `http://localhost:${port}`;
    await createTable(endpoint, 'orders');
    const put = (stream: string) =>
      connect(endpoint).send(new PutItemCommand({ TableName: 'orders', Item: { stream: { S: stream } } }));
    for (const stream of ['1', '2', '3']) await put(stream);
    const before = await readStream(endpoint, 'TRIM_HORIZON');
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    await expect.poll(() => whyNoAnswer(endpoint, 1_000), { timeout: 20_000 }).toBeDefined();

    await start({ use: 'java', dataDirectory, port });
    await put('4');

    const after = before.records[1];
    expect(await readStream(endpoint, { after: after?.number ?? '' })).toMatchObject({
      arn: before.arn,
      records: [{ stream: '3' }, { stream: '4' }],
    });
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
