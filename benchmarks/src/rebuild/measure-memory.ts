import { setTimeout } from 'node:timers/promises';
import { DynamoDBEventStore } from '@everfold/dynamodb-store';
import { DynamoDBReadModelStore, rebuild } from '@everfold/projections';
import type { Setting } from './contestants.js';
import { ordersProjection } from './projections.js';

/** What a rebuild held at most above what there was before it, in bytes. */
export interface MemoryResult {
  readonly events: number;
  readonly heldBytes: number;
}

const SAMPLE_EVERY_MS = 150;
/** Small units of one segment, so that there are many of them in the smaller table, too: a page has twice as many events. */
const UNIT_EVENTS = 2_500;
/** The parsed events of a unit alone are more than that. */
const LEAST_BYTES = 2 * 1024 * 1024;

/**
 * Rebuilds orders, and looks again and again at what is left after a garbage collection: what is held, that is, and not what is
 * waiting to be collected.
 *
 * @throws Error when nothing was seen to be held: then nothing was measured.
 */
export async function measureMemory(
  { client, events: tableName, readModels }: Setting,
  run: number,
): Promise<MemoryResult> {
  const before = await heldAtRest();
  let most = before;
  const sampling = setInterval(() => {
    most = Math.max(most, held());
  }, SAMPLE_EVERY_MS);
  const { events } = await rebuild<object>({
    projection: ordersProjection(run),
    eventStore: new DynamoDBEventStore({ client, tableName }),
    readModels: new DynamoDBReadModelStore({ client, tableName: readModels }),
    segments: 1,
    unitEvents: UNIT_EVENTS,
  }).finally(() => clearInterval(sampling));
  // What was recorded before may still be on its way out when the rebuild begins.
  const heldBytes = most - Math.min(before, await heldAtRest());
  if (heldBytes < LEAST_BYTES) throw new Error(`A rebuild of ${events} events was seen to hold ${heldBytes} bytes.`);
  return { events, heldBytes };
}

/** Buffers are given back some time after the collection that finds them. */
async function heldAtRest(): Promise<number> {
  for (let collections = 0; collections < 3; collections++) {
    held();
    await setTimeout(SAMPLE_EVERY_MS);
  }
  return held();
}

function held(): number {
  global.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
