import { randomUUID } from 'node:crypto';
import { DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { eventTable } from '@everfold/dynamodb-store';
import { createTables, startDynamoDB } from '@everfold/local';
import { readModelTable } from '@everfold/projections';
import { createClient } from '../client.js';
import { median, rotated } from '../statistics.js';
import { checkLive } from './check-live.js';
import { type Contestant, contestants, type Setting } from './contestants.js';
import { EVENTS_PER_ORDER, recordOrders } from './history.js';
import { type MemoryResult, measureMemory } from './measure-memory.js';

/** What was measured of one contestant. */
export interface RebuildResult {
  readonly name: string;
  /** What writes the same rows by the SDK alone. */
  readonly floor: string | undefined;
  readonly events: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** How much the process grew above what it had before the run, at most, in bytes: the median of the rounds. */
  readonly peakBytes: number;
}

/** What is to be looked at. */
export const parts = ['rates', 'live', 'memory'] as const;
export type Part = (typeof parts)[number];

/** What a comparison has found, of what it was to look at. */
export interface RebuildReport {
  readonly backend: string;
  readonly rates?: { readonly rounds: number; readonly results: readonly RebuildResult[] };
  /** Events that were recorded in the end, and appends that came while they were rebuilt: all rows were right. */
  readonly live?: { readonly events: number; readonly appended: number };
  /** Of a smaller and of a larger table. */
  readonly memory?: readonly [MemoryResult, MemoryResult];
}

interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

/** A rebuild takes seconds: two rounds, and V8 has compiled it. */
const WARM_UP_ROUNDS = 1;
const SAMPLE_MEMORY_EVERY_MS = 10;
const FEW_EVENTS = 30_000;
const MANY_EVENTS = 120_000;

/** Rebuilds two projections from so many events, in rounds that begin with another contestant each time. */
export async function compareRebuilds(
  plan: { readonly events: number; readonly rounds: number; readonly parts: readonly Part[] },
  onProgress: (text: string) => void,
): Promise<RebuildReport> {
  onProgress('starting DynamoDB Local');
  const dynamodb = await startDynamoDB();
  if (dynamodb === undefined) throw new Error('EVERFOLD_DYNAMODB is "memory", and the benchmark needs a DynamoDB.');
  process.once('SIGINT', () => dynamodb.stop().finally(() => process.exit(130)));
  process.once('SIGTERM', () => dynamodb.stop().finally(() => process.exit(143)));
  const client = createClient(dynamodb.endpoint);
  try {
    const rates = () =>
      withOrders(client, plan.events, onProgress, async (setting, events) => ({
        rates: { rounds: plan.rounds, results: await rounds(setting, plan.rounds, events, onProgress) },
      }));
    const live = () =>
      withOrders(client, plan.events, onProgress, async (setting) => {
        onProgress('rebuilding while events are appended');
        return { live: await checkLive(setting, 1) };
      });
    const memoryOf = (events: number) =>
      withOrders(client, events, onProgress, (setting) => {
        onProgress(`measuring memory with ${events} events`);
        return measureMemory(setting, 1);
      });
    return {
      backend: dynamodb.backend,
      ...(plan.parts.includes('rates') ? await rates() : {}),
      ...(plan.parts.includes('live') ? await live() : {}),
      ...(plan.parts.includes('memory')
        ? { memory: [await memoryOf(FEW_EVENTS), await memoryOf(MANY_EVENTS)] as const }
        : {}),
    };
  } finally {
    client.destroy();
    await dynamodb.stop();
  }
}

/** Works with so many events, in tables of their own. */
async function withOrders<TResult>(
  client: DynamoDBClient,
  events: number,
  onProgress: (text: string) => void,
  work: (setting: Setting, events: number) => Promise<TResult>,
): Promise<TResult> {
  const prefix = `rebuild-${randomUUID().slice(0, 8)}`;
  const tables = [eventTable(`${prefix}-events`), readModelTable(`${prefix}-read-models`)] as const;
  try {
    await createTables(client, tables);
    const [{ TableName: name }, { TableName: readModels }] = tables;
    const orders = Math.ceil(events / EVENTS_PER_ORDER);
    onProgress(`recording ${orders} orders`);
    await recordOrders(client, name, orders);
    return await work(
      { client, events: name, readModels, lastVersion: String(EVENTS_PER_ORDER) },
      orders * EVENTS_PER_ORDER,
    );
  } finally {
    await Promise.all(tables.map(({ TableName }) => client.send(new DeleteTableCommand({ TableName }))));
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
  return contestants.map(({ name, floor }) => {
    const ofName = samples.get(name) ?? [];
    return {
      name,
      floor,
      events,
      wallMs: median(ofName.map(({ wallMs }) => wallMs)),
      cpuMs: median(ofName.map(({ cpuMs }) => cpuMs)),
      peakBytes: median(ofName.map(({ peakBytes }) => peakBytes)),
    };
  });
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
