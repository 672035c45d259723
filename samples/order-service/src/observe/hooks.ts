import { isEverfoldError, listenToAppends, type StreamStore } from '@everfold/core';
import { traceStreamStore } from '@everfold/core/opentelemetry';
import type { FailureListener } from '@everfold/dynamodb-store';
import type { AppliedListener, ParkingListener, ParkingWrites } from '@everfold/projections';
import type { EndNotice, LedgerNotice, SweepListener } from '@everfold/saga';
import { correlationOf } from './call.js';
import { describeError, log } from './log.js';
import { measure, measureLag, measureOutcome } from './metrics.js';

/* What the parts of Everfold tell, as lines and metrics. */

/** A store whose appends are measured, and each of its operations a span. */
export function observedStore(store: StreamStore): StreamStore {
  const counted = listenToAppends(store, ({ events, error }) => {
    if (events > 0) measure('EventsAppended', events);
    if (isEverfoldError(error, 'CONFLICT')) measure('AppendConflicts', 1);
  });
  return traceStreamStore(counted);
}

/** Tells of a stream that is held back, by the correlation of the commit that it is held back at. */
export const onFailure: FailureListener = ({ stream, after, error }) => {
  const correlation = correlationOf(stream, after === undefined ? undefined : after + 1);
  log('error', 'A stream was not handled, and is delivered again', {
    ...correlation,
    stream,
    after,
    ...describeError(error),
  });
};

const onParking: ParkingListener = ({ kind, projection, parked: { stream, version, attempts, error } }) => {
  const correlation = correlationOf(stream, version);
  if (kind === 'released') log('info', 'A stream goes on', { ...correlation, projection, stream, version });
  else {
    const { name, code } = error;
    log('error', 'A stream is parked', {
      ...correlation,
      projection,
      stream,
      version,
      attempts,
      error: { name, code },
    });
  }
};

const onApplied: AppliedListener = ({ projection, lagMs }) => measureLag(projection, lagMs);

/** What the handler of a projection tells, and where it parks what it cannot apply. */
export function observedParking(lot: ParkingWrites) {
  return { parking: { lot, onParking }, onApplied, onFailure };
}

/** Tells of a step that waits for somebody. What else its ledger holds is no news. */
export function onEntry({ saga, step, key, type }: LedgerNotice): void {
  if (type === '$parked') log('error', 'A step is parked', { saga, step, key });
}

export function onEnd({ saga, key, outcome }: EndNotice): void {
  measureOutcome(outcome);
  log('info', 'A run has ended', { saga, key, outcome });
}

/** Tells of the runs that were set going again: which, and by what. */
export const onSwept: SweepListener = ({ saga, runs, failed, isComplete }) => {
  log(failed.length > 0 ? 'error' : 'warn', 'Runs were stuck', { saga, runs, failed, is_complete: isComplete });
};
