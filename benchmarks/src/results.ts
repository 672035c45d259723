import type { Timing } from './measure.js';
import type { Consumption } from './meter.js';
import type { SystemName } from './systems/system.js';

export type Endpoint = 'dynamodb-local' | 'stub';

/** One line of the outcome: medians per operation. Its keys are those of `--json`. */
export interface Result extends Timing, Consumption {
  readonly row: string;
  readonly system: SystemName;
  readonly endpoint: Endpoint;
}

/** The result of a row and system, if it was measured. */
export function resultOf(
  results: readonly Result[],
  row: string,
  system: SystemName,
  endpoint: Endpoint = 'dynamodb-local',
): Result | undefined {
  return results.find((one) => one.row === row && one.system === system && one.endpoint === endpoint);
}

/** One line of `--json`. Times have four significant digits, for more of them is noise. */
export function toJsonLine({ row, system, endpoint, wallMs, cpuMs, requests, readUnits, writeUnits }: Result): string {
  return JSON.stringify({
    row,
    system,
    endpoint,
    wallMs: Number(wallMs.toPrecision(4)),
    cpuMs: Number(cpuMs.toPrecision(4)),
    requests: Number(requests.toFixed(2)),
    readUnits: Number(readUnits.toFixed(2)),
    writeUnits: Number(writeUnits.toFixed(2)),
  });
}
