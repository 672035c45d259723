import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Row } from './rows.js';
import { median, rotated } from './statistics.js';
import type { System } from './systems/system.js';

/** Time per operation, milliseconds. */
export interface Timing {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** What was measured of one system in one row. */
export interface Measured extends Timing {
  readonly row: Row;
  readonly system: System;
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

interface Cell {
  readonly row: Row;
  readonly system: System;
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
export async function measure(
  rows: readonly Row[],
  systems: readonly System[],
  { rounds, warmUpRounds, batchMs, warmUpBatchMs, onProgress }: MeasureOptions,
): Promise<Measured[]> {
  const cells = rows.map((row) =>
    systems.map((system): Cell => ({ row, system, timings: [], operations: row.operations ?? 1 })),
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

function isSpared({ mostRounds, mostWarmUpRounds }: Row, round: number): boolean {
  return round < 0
    ? -round > (mostWarmUpRounds ?? Number.POSITIVE_INFINITY)
    : round >= (mostRounds ?? Number.POSITIVE_INFINITY);
}

async function time({ row, system, operations }: Cell): Promise<Timing> {
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
