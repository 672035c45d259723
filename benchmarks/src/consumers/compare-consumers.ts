import { createBusClient, createClient } from '../client.js';
import { type Batch, measure } from '../measure.js';
import { startBusStub } from '../stub/start-stub.js';
import { countConsumer } from './count-consumer.js';
import type { ConsumerResult } from './results.js';
import type { Consumer, ConsumerRow } from './row.js';

interface Plan {
  readonly dynamodb: string;
  readonly prefix: string;
  readonly rounds: number;
}

/** Both consumers of a row are made of the same SDK: after a batch of each, V8 has compiled it. */
const WARM_UP_ROUNDS = 1;
const MOST_ROUNDS = 7;

/** Counts and measures what is done with a batch, by both consumers of each row in interleaved rounds. */
export async function compareConsumers(
  rows: readonly ConsumerRow[],
  { dynamodb, prefix, rounds }: Plan,
  onProgress: (text: string) => void,
): Promise<ConsumerResult[]> {
  if (rows.length === 0) return [];
  const stub = await startBusStub();
  const client = createClient(dynamodb);
  const bus = createBusClient(stub.endpoint);
  const setting = { client, bus, busUrl: stub.endpoint, prefix };
  try {
    const results: ConsumerResult[] = [];
    for (const row of rows) {
      const counted = await countConsumer(row, setting, dynamodb);
      const timings = await measure([measurable(row)], row.consumers(setting), {
        rounds,
        warmUpRounds: WARM_UP_ROUNDS,
        batchMs: 0,
        warmUpBatchMs: 0,
        onProgress,
      });
      for (const { system, wallMs, cpuMs } of timings) {
        const consumption = counted.get(system.name);
        if (consumption === undefined) continue;
        const { name, endpoint, unit } = row;
        results.push({ row: name, system: system.name, endpoint, unit, wallMs, cpuMs, ...consumption });
      }
    }
    return results;
  } finally {
    client.destroy();
    bus.destroy();
    stub.stop();
  }
}

/** A batch is one operation: its size is given. */
function measurable({ name }: ConsumerRow) {
  return {
    name,
    operations: 1,
    mostRounds: MOST_ROUNDS,
    prepare: (consumer: Consumer): Promise<Batch> => consumer.prepare(),
  };
}
