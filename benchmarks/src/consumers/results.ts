import type { Timing } from '../measure.js';
import type { Consumption } from '../meter.js';
import type { Endpoint } from '../results.js';
import { EVENTS } from './batch.js';
import type { ConsumerName, ConsumerRow } from './row.js';

/** One line of the outcome: medians for a batch. */
export interface ConsumerResult extends Timing, Consumption {
  readonly row: string;
  readonly system: ConsumerName;
  readonly endpoint: Endpoint;
  readonly unit: ConsumerRow['unit'];
  /** Items that were written to DynamoDB, each for itself or in a transaction. */
  readonly writes: number;
}

/** Events, or entries, a second. Every event of a batch becomes one entry. */
export function perSecond({ wallMs }: Pick<ConsumerResult, 'wallMs'>): number {
  return EVENTS / (wallMs / 1_000);
}

/** One line of `--json`: the keys of the other rows, and what consumers are about. */
export function toConsumerLine(result: ConsumerResult): string {
  const { row, system, endpoint, unit, wallMs, cpuMs, requests, readUnits, writeUnits, writes } = result;
  const rate = Math.round(perSecond(result));
  return JSON.stringify({
    row,
    system,
    endpoint,
    wallMs: Number(wallMs.toPrecision(4)),
    cpuMs: Number(cpuMs.toPrecision(4)),
    requests,
    readUnits,
    writeUnits,
    ...(unit === 'events' ? { eventsPerSecond: rate, writesPerBatch: writes } : { entriesPerSecond: rate }),
  });
}
