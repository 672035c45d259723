import { randomUUID } from 'node:crypto';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { createTables, startDynamoDB } from '@everfold/local';
import { createClient } from './client.js';
import { compareConsumers } from './consumers/compare-consumers.js';
import type { ConsumerResult } from './consumers/results.js';
import { type ConsumerRow, consumerTables } from './consumers/row.js';
import { count } from './count.js';
import { measure } from './measure.js';
import type { Consumption } from './meter.js';
import type { Endpoint, Result } from './results.js';
import type { Row } from './rows.js';
import { startStub } from './stub/start-stub.js';
import { systems } from './systems/index.js';

export interface Comparison {
  readonly results: readonly Result[];
  readonly consumers: readonly ConsumerResult[];
  /** Where DynamoDB Local came from. */
  readonly backend: string;
}

interface Plan {
  readonly rows: readonly Row[];
  readonly consumerRows: readonly ConsumerRow[];
  readonly rounds: number;
}

/** On the stub, everything is warm already; two rounds are left to find the size of its batches. */
const WARM_UP_ROUNDS = { 'dynamodb-local': 3, stub: 2 } as const satisfies Record<Endpoint, number>;
/** Short batches, many rounds: what else the machine does comes in bursts, and is to meet every system alike. */
const BATCH_MS = 50;
const WARM_UP_BATCH_MS = 500;

/** Counts and measures rows of all systems, on DynamoDB Local and on the stub. */
export async function compare(plan: Plan, onProgress: (text: string) => void): Promise<Comparison> {
  onProgress('starting DynamoDB Local');
  const dynamodb = await startDynamoDB();
  if (dynamodb === undefined) throw new Error('EVERFOLD_DYNAMODB is "memory", and the benchmark needs a DynamoDB.');
  const { endpoint, backend, stop } = dynamodb;
  process.once('SIGINT', () => stop().finally(() => process.exit(130)));
  process.once('SIGTERM', () => stop().finally(() => process.exit(143)));

  const prefix = `bench-${randomUUID().slice(0, 8)}`;
  const client = createClient(endpoint);
  const tables = [
    ...systems.flatMap((system) => system.create({ client, prefix }).tables),
    ...consumerTables({ prefix }),
  ];
  try {
    await createTables(client, tables);
    const results = await compareOn(endpoint, prefix, plan, onProgress);
    const { rounds } = plan;
    const consumers = await compareConsumers(plan.consumerRows, { dynamodb: endpoint, prefix, rounds }, onProgress);
    return { backend, results, consumers };
  } finally {
    await Promise.all(tables.map(({ TableName }) => client.send(new DeleteTableCommand({ TableName }))));
    client.destroy();
    await stop();
  }
}

async function compareOn(
  dynamodb: string,
  prefix: string,
  { rows, rounds }: Plan,
  onProgress: (text: string) => void,
): Promise<Result[]> {
  const client = createClient(dynamodb);
  for (const row of rows) {
    for (const system of systems) {
      if (row.seed !== undefined) onProgress(`recording events: ${row.name}, ${system.name}`);
      await row.seed?.(system, { client, prefix });
    }
  }
  client.destroy();

  const counted = new Map<string, Consumption>();
  for (const row of rows) {
    for (const system of systems) {
      onProgress(`counting requests and units: ${row.name}, ${system.name}`);
      counted.set(`${row.name} ${system.name}`, await count(row, system, { endpoint: dynamodb, prefix }));
    }
  }

  async function measureOn(endpoint: Endpoint, url: string, measured: readonly Row[]): Promise<Result[]> {
    const clients = systems.map((definition) => ({ definition, client: createClient(url) }));
    const connected = clients.map(({ definition, client }) => definition.create({ client, prefix }));
    const timings = await measure(measured, connected, {
      rounds,
      warmUpRounds: WARM_UP_ROUNDS[endpoint],
      batchMs: BATCH_MS,
      warmUpBatchMs: WARM_UP_BATCH_MS,
      onProgress: (text) => onProgress(`${endpoint}, ${text}`),
    });
    for (const { client } of clients) client.destroy();
    return timings.flatMap(({ row, system, wallMs, cpuMs }) => {
      const consumption = counted.get(`${row.name} ${system.name}`);
      if (consumption === undefined) return [];
      return [{ row: row.name, system: system.name, endpoint, wallMs, cpuMs, ...consumption }];
    });
  }

  const local = await measureOn('dynamodb-local', dynamodb, rows);
  const stub = await startStub(dynamodb);
  try {
    return [
      ...local,
      ...(await measureOn(
        'stub',
        stub.endpoint,
        rows.filter(({ onStub }) => onStub),
      )),
    ];
  } finally {
    stub.stop();
  }
}
