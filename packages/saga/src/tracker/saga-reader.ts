import { InvalidArgumentError } from '@everfold/core';
import { createReader, type Page, type PageRequest, type RowQueries } from '@everfold/projections';
import type { AnySaga } from '../saga.js';
import { isAnswerAwaited, stepDueMs } from './due.js';
import { definitionOf } from './learn.js';
import type { RunClass, RunRow, StepRow } from './run-row.js';
import { graceOf, type TrackerOptions, trackerRows } from './tracker-rows.js';

/** A step of a run as the tracker has it. */
export interface TrackedStep extends StepRow {
  readonly name: string;
  /** The participant that runs it. */
  readonly by: string;
  /** By when it must have gone on, ISO 8601: its deadline, its next attempt, or soon. Without one, nothing is expected of it. */
  readonly due?: string;
}

/** A run of a saga as the tracker has it. */
export interface SagaRun extends Omit<RunRow, 'steps'> {
  readonly saga: string;
  readonly key: string;
  /** All steps of its definition, in the order of that; those that have not begun are `empty`. */
  readonly steps: readonly TrackedStep[];
}

/** Some runs. */
export interface RunPage {
  readonly runs: readonly SagaRun[];
  /** For the next page. The last page has none. */
  readonly cursor?: string;
}

export interface RunListRequest extends PageRequest {
  /** `open`, by the time they are due; `parked`, since then; `completed` or `cancelled`, since they ended. */
  readonly status: RunClass;
}

export interface StuckRequest extends PageRequest {
  /** Milliseconds since 1970. What was due by then is stuck. */
  readonly now: number;
  /** Milliseconds since 1970. Only what was due then or later. Default: all. */
  readonly since?: number;
}

/** How many of something there are, and for how long the oldest has been there, milliseconds; 0 when there is none. */
export interface Gauge {
  readonly count: number;
  readonly oldestMs: number;
}

/** What can be said of a saga at one moment, from the first runs of its listings. */
export interface SagaGauges {
  /** Runs that are past their due time: since then. */
  readonly overdue: Gauge;
  /** Runs that wait for somebody: since then. */
  readonly parked: Gauge;
  /** Open runs, of those that are due first: since they were started. */
  readonly running: Gauge;
  /** Open steps, by name: since they are at work, or were asked to take their work back. Of the open runs that are due first. */
  readonly open: Readonly<Record<string, Gauge>>;
}

/** Answers where the runs of a saga are. */
export interface SagaReader {
  /**
   * Where a run is; `undefined` when nothing is known of it. Costs one GetItem: half a read unit for each 4 KB, a whole one
   * when consistent.
   */
  get(key: string, options?: { readonly consistent?: boolean }): Promise<SagaRun | undefined>;

  /**
   * Lists runs. May lag behind for a moment, because it reads an index. Costs one Query: half a read unit for each 4 KB of the
   * rows together.
   *
   * @throws InvalidArgumentError when the limit or cursor is not right.
   */
  list(request: RunListRequest): Promise<RunPage>;

  /** Lists the open runs that are past their due time, the longest first. Costs and throws as `list`. */
  stuck(request: StuckRequest): Promise<RunPage>;

  /**
   * Counts and ages for alarms. Costs two Queries, of at most `limit` runs each: a count that reaches it means so many or more.
   *
   * @throws InvalidArgumentError when the limit is not right.
   */
  gauges(request: { readonly now: number; readonly limit?: number }): Promise<SagaGauges>;
}

/**
 * Makes the reader of what the tracker knows.
 *
 * @param options - As the tracker was made with.
 * @throws InvalidArgumentError when they are not right.
 *
 * @example
 * ```ts
 * const runs = createSagaReader(fulfilmentV2, readModels);
 * const run = await runs.get('order-7');
 * log(`${run?.status} since ${run?.lastAt}, ${run?.reason ?? 'as it should be'}; next by ${run?.due}`);
 * ```
 */
export function createSagaReader(saga: AnySaga, readModels: RowQueries, options: TrackerOptions = {}): SagaReader {
  const rows = createReader(trackerRows(saga, options), readModels);
  const graceMs = graceOf(options);
  const toRun = (key: string, { steps, ...row }: RunRow): SagaRun => {
    const tracked = definitionOf(saga, row).steps.map((step) => {
      const due = stepDueMs(step, steps[step.name], graceMs);
      return {
        name: step.name,
        by: step.by,
        ...(steps[step.name] ?? { status: 'empty' as const }),
        ...(due === undefined ? {} : { due: new Date(due).toISOString() }),
      };
    });
    return { saga: saga.name, key, ...row, steps: tracked };
  };
  const toPage = ({ rows: found, cursor }: Page<RunRow>): RunPage => ({
    runs: found.map(({ key, row }) => toRun(key, row)),
    ...(cursor === undefined ? {} : { cursor }),
  });

  const reader: SagaReader = {
    async get(key, request) {
      const row = await rows.get(key, request);
      return row === undefined ? undefined : toRun(key, row);
    },

    async list({ status, ...page }) {
      return toPage(await rows.list({ ...page, group: status }));
    },

    async stuck({ now, since, ...page }) {
      const bounds = { upTo: timeOf(now), ...(since === undefined ? {} : { from: timeOf(since) }) };
      return toPage(await rows.list({ ...page, ...bounds, group: 'open' }));
    },

    async gauges({ now, limit = 100 }) {
      const [open, parked] = await Promise.all([
        reader.list({ status: 'open', limit }),
        reader.list({ status: 'parked', limit }),
      ]);
      const dues = open.runs.map(({ due = '' }) => Date.parse(due));
      const waits = parked.runs.map(({ steps }) =>
        Math.min(...steps.flatMap((step) => (step.parked === undefined ? [] : [Date.parse(step.parked.since)]))),
      );
      return {
        overdue: gauge(
          dues.filter((due) => due <= now),
          now,
        ),
        parked: gauge(waits, now),
        running: gauge(
          open.runs.map(({ startedAt, lastAt }) => Date.parse(startedAt ?? lastAt)),
          now,
        ),
        open: gaugesOfSteps(open.runs, now),
      };
    },
  };
  return reader;
}

function gaugesOfSteps(runs: readonly SagaRun[], now: number): Readonly<Record<string, Gauge>> {
  const begun = new Map<string, number[]>();
  for (const step of runs.flatMap(({ steps }) => steps)) {
    const { name, due } = step;
    const since = isAnswerAwaited(step) ? step.asked : step.since;
    if (due !== undefined && since !== undefined) begun.set(name, [...(begun.get(name) ?? []), Date.parse(since)]);
  }
  return Object.fromEntries([...begun].map(([name, times]) => [name, gauge(times, now)]));
}

function gauge(times: readonly number[], now: number): Gauge {
  return { count: times.length, oldestMs: times.length === 0 ? 0 : now - Math.min(...times) };
}

function timeOf(milliseconds: number): string {
  if (Number.isFinite(milliseconds)) return new Date(milliseconds).toISOString();
  throw new InvalidArgumentError(`${milliseconds} is no time. Give milliseconds since 1970, such as a clock's now().`);
}
