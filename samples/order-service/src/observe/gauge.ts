import type { Clock } from '@everfold/core';
import type { ParkingLot } from '@everfold/projections';
import type { SagaReader } from '@everfold/saga';
import { log } from './log.js';
import { measure } from './metrics.js';

/** What is looked at, once a minute. */
export interface Gauged {
  readonly runs: Pick<SagaReader, 'gauges'>;
  readonly lot: Pick<ParkingLot, 'listParked'>;
  /** `<projection>@<version>`, of each that parks. */
  readonly projections: readonly string[];
  readonly clock: Pick<Clock, 'now'>;
}

/** More than so many parked streams are so many. */
const MANY = 100;

/**
 * Measures how things stand now, for alarms that last as long as what they are about: what is parked, and how old the sagas are.
 *
 * Costs a Query for each projection and two for the saga: half a read unit each where there is nothing, and at most some 25 read units for
 * each 100 open or parked runs.
 */
export async function gauge({ runs, lot, projections, clock }: Gauged): Promise<void> {
  const [{ running, overdue, parked: steps }, ...parked] = await Promise.all([
    runs.gauges({ now: clock.now(), limit: MANY }),
    ...projections.map(async (projection) => ({
      projection,
      streams: (await lot.listParked(projection, { limit: MANY })).entries.length,
    })),
  ]);
  const streams = parked.reduce((sum, each) => sum + each.streams, 0);
  measure('Parked', steps.count + streams);
  measure('OpenSagas', running.count);
  measure('SagaAge', running.oldestMs);
  measure('SagaOverdue', overdue.oldestMs);
  if (steps.count + streams > 0) {
    log('warn', 'Something is parked', { runs: steps.count, projections: parked.filter((each) => each.streams > 0) });
  }
}
