import { defineRows, type ProjectionRows, type RowsDefinition, rowsOf } from '@everfold/projections';
import { durationMs } from '../duration.js';
import type { AnySaga } from '../saga.js';
import type { Duration } from '../types.js';
import type { RunRow } from './run-row.js';

/** How runs are tracked. */
export interface TrackerOptions {
  /** The version of its rows. Another version has rows of its own: see `rebuild` and `switchReads`. Default 1. */
  readonly version?: number;
  /**
   * How long an event may be on its way, or a step at work: who says nothing for longer is stuck. Longer than a function may run,
   * and than a delivery is tried again. Default `5m`.
   */
  readonly grace?: Duration;
}

const GRACE: Duration = '5m';

/** The tracker's patience, milliseconds. @throws InvalidArgumentError when it is no duration. */
export function graceOf({ grace = GRACE }: TrackerOptions): number {
  return durationMs(grace);
}

/** Which rows a tracker keeps. */
export function rowsDefinition({ name }: AnySaga, { version = 1 }: TrackerOptions): RowsDefinition<RunRow> {
  return { name: `${name}.tracker`, version, rows: rowsOf<RunRow>() };
}

/**
 * The rows that the tracker of a saga keeps, for those who look at them, or at which of its streams are parked, without having need of
 * what makes them.
 *
 * @param options - As the tracker was made with.
 * @throws InvalidArgumentError when the version is not right.
 *
 * @example
 * ```ts
 * const { rows } = trackerRows(fulfilmentV2);
 * const { entries } = await lot.listParked(rows.id, {});
 * for (const { stream, error } of entries) log(`${stream}: ${error.message}`);
 * ```
 */
export function trackerRows(saga: AnySaga, options: TrackerOptions = {}): ProjectionRows<RunRow> {
  return defineRows({ ...rowsDefinition(saga, options), isListed: true });
}
