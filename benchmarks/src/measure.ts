import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { median, rotated } from './statistics.js';

/** Time per operation, milliseconds. */
export interface Timing {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** A batch of operations. */
export interface Batch {
  run(): Promise<void>;
  /** Throws when the outcome is wrong. */
  check?(): Promise<void>;
}

/** What can be measured of every system. */
export interface Measurable<TSystem> {
  readonly name: string;
  /** Operations in a batch. Default: as many as fill the time of one. */
  readonly operations?: number;
  /** At most so many rounds, where one takes long. */
  readonly mostRounds?: number;
  /** At most so many rounds to warm up. */
  readonly mostWarmUpRounds?: number;
  /** Prepares a batch of operations; only `run` is measured. */
  prepare(system: TSystem, operations: number): Promise<Batch>;
}

/** What was measured of one system in one row. */
export interface Measured<TSystem> extends Timing {
  readonly row: Measurable<TSystem>;
  readonly system: TSystem;
}

export interface MeasureOptions {
  readonly rounds: number;
  readonly warmUpRounds: number;
  /** How long a batch is to take, milliseconds. */
  readonly batchMs: number;
  /** How long one is to take in the warm-up: the SDK needs some thousand requests until V8 has compiled it well. */
  readonly warmUpBatchMs: number;
  readonly onProgress: (text: string) => void;
}

interface Cell<TSystem> {
  readonly row: Measurable<TSystem>;
  readonly system: TSystem;
  readonly timings: Timing[];
  /** Operations of the next batch. */
  operations: number;
}

const MOST_OPERATIONS = 1_000;

/**
 * Measures in interleaved rounds: every round measures every system once per row, beginning with another system each
 * time, so that a slow moment of the machine meets them all alike.
 *
 * @returns The medians of the rounds after the warm-up.
 */
export async function measure<TSystem extends { readonly name: string }>(
  rows: readonly Measurable<TSystem>[],
  systems: readonly TSystem[],
  { rounds, warmUpRounds, batchMs, warmUpBatchMs, onProgress }: MeasureOptions,
): Promise<Measured<TSystem>[]> {
  const cells = rows.map((row) =>
    systems.map((system): Cell<TSystem> => ({ row, system, timings: [], operations: row.operations ?? 1 })),
  );
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const cell of cells.flatMap((line) => rotated(line, round + warmUpRounds))) {
      const { row, system, timings } = cell;
      if (isSpared(row, round)) continue;
      onProgress(`${round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`}: ${row.name}, ${system.name}`);
      const timing = await time(cell);
      if (round >= 0) timings.push(timing);
      else if (row.operations === undefined) {
        cell.operations = operationsFor(round === -1 ? batchMs : warmUpBatchMs, timing);
      }
    }
  }
  return cells.flat().map(({ row, system, timings }) => ({
    row,
    system,
    wallMs: median(timings.map(({ wallMs }) => wallMs)),
    cpuMs: median(timings.map(({ cpuMs }) => cpuMs)),
  }));
}

function isSpared({ mostRounds, mostWarmUpRounds }: Measurable<never>, round: number): boolean {
  return round < 0
    ? -round > (mostWarmUpRounds ?? Number.POSITIVE_INFINITY)
    : round >= (mostRounds ?? Number.POSITIVE_INFINITY);
}

async function time<TSystem>({ row, system, operations }: Cell<TSystem>): Promise<Timing> {
  const { run, check } = await row.prepare(system, operations);
  collectGarbage();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run();
  const wallMs = performance.now() - start;
  const { user, system: kernel } = process.cpuUsage(cpu);
  await check?.();
  return { wallMs: wallMs / operations, cpuMs: (user + kernel) / 1_000 / operations };
}

function operationsFor(batchMs: number, { wallMs }: Timing): number {
  return Math.min(MOST_OPERATIONS, Math.max(1, Math.round(batchMs / wallMs)));
}

setFlagsFromString('--expose-gc');
/** No system pays for what another has left behind. */
const collectGarbage: () => void = runInNewContext('gc');
