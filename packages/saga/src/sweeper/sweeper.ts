import {
  type Clock,
  type Commit,
  checkWholeNumber,
  type EventStore,
  InvalidArgumentError,
  isReserved,
  type Random,
  systemClock,
  systemRandom,
} from '@everfold/core';
import { inParallel } from '@everfold/dynamodb-store';
import { createCommitPublisher } from '@everfold/eventbridge';
import { durationMs } from '../duration.js';
import type { AnySaga } from '../saga.js';
import type { SagaReader, SagaRun } from '../tracker/saga-reader.js';
import type { Duration } from '../types.js';
import { eventsOf } from '../versions.js';
import { SweepIncompleteError } from './errors.js';
import { findStuck } from './find-stuck.js';
import { putTimers, type SweeperBus } from './put-timers.js';
import { commitsToTell, isForWantOfAnEvent, overdueSteps } from './remedy.js';
import { type FailedSweep, logSweep, type Sweep, type SweepListener, type SweptRun } from './sweep.js';

/** What a sweeper works with. */
export interface SweeperOptions {
  /** Finds the runs that are stuck. */
  readonly reader: Pick<SagaReader, 'stuck'>;
  /** Where the saga's events are recorded. Reading is all that is done. */
  readonly store: Pick<EventStore, 'read'>;
  readonly bus: SweeperBus;
  /** The rate at which it is called. Default `1m`. */
  readonly every?: Duration;
  /** Runs at the most in one call, from 1. Default 1,000. */
  readonly limit?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Hears of what was done, when there was something to do. Default: a line of JSON on standard error. */
  readonly onSwept?: SweepListener;
}

/** The Lambda handler of a sweeper. Of the scheduled event it reads the time for which it was scheduled. */
export type Sweeper = (event: { readonly time?: string }) => Promise<Sweep>;

const RUNS = 1_000;
/** What is read of so many is held at once. */
const AT_A_TIME = 100;
const CONCURRENCY = 8;

/**
 * Makes the Lambda handler that looks for runs in which something should have happened by now, and sets them going again.
 * Call it at a rate, such as once a minute.
 *
 * - A step past its deadline or its next attempt, or at work for too long, is given its timer again.
 * - Where an event has not had its effect, it is published again, out of the store.
 * - What is parked is left alone.
 *
 * All of it is harmless to a run that is well: duplicates and stale timers come to nothing by the ledgers. So a tracker that is
 * behind costs needless events, and no more.
 *
 * A run is swept in the interval after its due time, then after two intervals, four, eight and so on, until something happens in it:
 * that follows from the two times, so nothing is written. A call that does not come, or reaches its limit, is made up for by the next in that row.
 *
 * Costs one Query of the tracker's listing where nothing is stuck: half a read unit. Else one more for each power of two up
 * to the age of the oldest, in intervals, and for each 100 runs found; one PutEvents for ten timers and one for ten events; and for each
 * stream that an event is read from one Query, a read unit for 4 KB.
 *
 * @throws InvalidArgumentError when `every` or `limit` is not right.
 * @returns A function that throws `SweepIncompleteError` when some runs could not be swept, after the others were.
 *
 * @example
 * ```ts
 * import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
 *
 * const bus = { client: new EventBridgeClient({}), busName: 'orders', source: 'shop.orders' };
 * export const handler = createSweeper(fulfilmentV2, { reader: createSagaReader(fulfilmentV2, readModels), store, bus });
 * ```
 */
export function createSweeper(saga: AnySaga, options: SweeperOptions): Sweeper {
  const { reader, store, bus, every = '1m', limit = RUNS, onSwept = logSweep } = options;
  const { clock = systemClock, random = systemRandom } = options;
  const everyMs = durationMs(every);
  if (everyMs < 1) throw new InvalidArgumentError(`every is ${every}; give the rate at which the sweeper is called.`);
  checkWholeNumber(`limit is ${limit}`, limit, 1);
  const publish = createCommitPublisher({ ...bus, events: eventsOf(saga), clock, random });

  /** Sets runs going again. */
  async function sweep(runs: readonly SagaRun[], nowMs: number): Promise<Pick<Sweep, 'runs' | 'failed'>> {
    const failed: FailedSweep[] = [];
    const toTell = new Map<string, readonly Commit[]>();
    await inParallel(
      runs.filter((run) => isForWantOfAnEvent(saga, run, nowMs)),
      CONCURRENCY,
      async (run) => {
        try {
          toTell.set(run.key, await commitsToTell(saga, run, store));
        } catch (error) {
          failed.push({ key: run.key, reason: reasonOf(error) });
        }
      },
    );
    const keys = new Map([...toTell].flatMap(([key, commits]) => commits.map(({ stream }) => [stream, key] as const)));
    for (const { stream, error } of await publish([...toTell.values()].flat())) {
      failed.push({ key: keys.get(stream) ?? stream, reason: reasonOf(error) });
    }
    const at = new Date(nowMs).toISOString();
    const timers = runs.flatMap((run) =>
      overdueSteps(run, nowMs).map(({ name: step }) => ({ saga: saga.name, step, key: run.key, at })),
    );
    for (const { timer, reason } of await putTimers(timers, bus)) failed.push({ key: timer.key, reason });
    const swept = runs.map(({ key, status, due }) => ({
      key,
      status,
      due,
      timers: timers.flatMap((timer) => (timer.key === key ? [timer.step] : [])),
      events: typesIn(toTell.get(key) ?? []),
    }));
    return { runs: swept, failed };
  }

  return async ({ time }) => {
    const scheduledMs = Date.parse(time ?? '');
    // The time for which it was scheduled is the same when the call is made again.
    const nowMs = Number.isNaN(scheduledMs) ? clock.now() : scheduledMs;
    const stuck = await findStuck(reader, { nowMs, everyMs, limit });
    const runs: SweptRun[] = [];
    const failed: FailedSweep[] = [];
    for (let from = 0; from < stuck.runs.length; from += AT_A_TIME) {
      const swept = await sweep(stuck.runs.slice(from, from + AT_A_TIME), nowMs);
      runs.push(...swept.runs);
      failed.push(...swept.failed);
    }
    const done = { saga: saga.name, runs, failed, isComplete: stuck.isComplete };
    if (runs.length > 0) onSwept(done);
    if (failed.length > 0) throw new SweepIncompleteError(saga.name, failed);
    return done;
  };
}

function typesIn(commits: readonly Commit[]): readonly string[] {
  return commits.flatMap(({ events }) => events.flatMap(({ type }) => (isReserved(type) ? [] : [type])));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
