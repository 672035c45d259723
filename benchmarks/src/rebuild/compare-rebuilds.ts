import { randomUUID } from 'node:crypto';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { eventTable } from '@everfold/dynamodb-store';
import { createTables, startDynamoDB } from '@everfold/local';
import { readModelTable } from '@everfold/projections';
import { createClient } from '../client.js';
import { median, rotated } from '../statistics.js';
import { type Contestant, contestants, type Setting } from './contestants.js';
import { EVENTS_PER_ORDER, recordOrders } from './history.js';

/** What was measured of one contestant. */
export interface RebuildResult {
  readonly name: string;
  readonly events: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** How much the process grew above what it had before the run, at most, in bytes: the median of the rounds. */
  readonly peakBytes: number;
}

interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

/** A rebuild takes seconds: two rounds, and V8 has compiled it. */
const WARM_UP_ROUNDS = 1;
const SAMPLE_MEMORY_EVERY_MS = 10;

/** Rebuilds two projections from so many events, in rounds that begin with another contestant each time. */
export async function compareRebuilds(
  plan: { readonly events: number; readonly rounds: number },
  onProgress: (text: string) => void,
): Promise<{ readonly results: readonly RebuildResult[]; readonly backend: string }> {
  onProgress('starting DynamoDB Local');
  const dynamodb = await startDynamoDB();
  if (dynamodb === undefined) throw new Error('EVERFOLD_DYNAMODB is "memory", and the benchmark needs a DynamoDB.');
  process.once('SIGINT', () => dynamodb.stop().finally(() => process.exit(130)));
  process.once('SIGTERM', () => dynamodb.stop().finally(() => process.exit(143)));
  const prefix = `rebuild-${randomUUID().slice(0, 8)}`;
  const client = createClient(dynamodb.endpoint);
  const tables = [eventTable(`${prefix}-events`), readModelTable(`${prefix}-read-models`)] as const;
  try {
    await createTables(client, tables);
    const setting = { client, events: tables[0].TableName, readModels: tables[1].TableName };
    const orders = Math.ceil(plan.events / EVENTS_PER_ORDER);
    onProgress(`recording ${orders} orders`);
    await recordOrders(client, setting.events, orders);
    const results = await rounds(setting, plan.rounds, orders * EVENTS_PER_ORDER, onProgress);
    return { results, backend: dynamodb.backend };
  } finally {
    await Promise.all(tables.map(({ TableName }) => client.send(new DeleteTableCommand({ TableName }))));
    client.destroy();
    await dynamodb.stop();
  }
}

async function rounds(
  setting: Setting,
  count: number,
  events: number,
  onProgress: (text: string) => void,
): Promise<RebuildResult[]> {
  const samples = new Map<string, Sample[]>(contestants.map(({ name }) => [name, []]));
  let run = 0;
  for (let round = -WARM_UP_ROUNDS; round < count; round++) {
    for (const contestant of rotated(contestants, round + WARM_UP_ROUNDS)) {
      onProgress(`${round < 0 ? 'warm-up' : `round ${round + 1} of ${count}`}: ${contestant.name}`);
      const sample = await measure(contestant, { ...setting }, ++run, events);
      if (round >= 0) samples.get(contestant.name)?.push(sample);
    }
  }
  return [...samples].map(([name, ofName]) => ({
    name,
    events,
    wallMs: median(ofName.map(({ wallMs }) => wallMs)),
    cpuMs: median(ofName.map(({ cpuMs }) => cpuMs)),
    peakBytes: median(ofName.map(({ peakBytes }) => peakBytes)),
  }));
}

async function measure({ name, run }: Contestant, setting: Setting, number: number, expected: number): Promise<Sample> {
  global.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, SAMPLE_MEMORY_EVERY_MS);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const events = await run(setting, number).finally(() => clearInterval(sampling));
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  if (events !== expected) throw new Error(`${name} came by ${events} events, and there are ${expected}.`);
  return { wallMs, cpuMs: (user + system) / 1_000, peakBytes: peak - before };
}
