import type { RebuildReport, RebuildResult } from './compare-rebuilds.js';
import type { MemoryResult } from './measure-memory.js';

/** The rate that a rebuild is to have, as a share of the raw scan's. */
const TARGET = 0.7;
/** Memory is flat if four times as many events hold no more than this, as a multiple: what is under way differs by the moment. */
const FLAT = 1.5;

const WIDTHS = [38, 9, 9, 10, 7, 9, 8] as const;

/** A table of the contestants, of which the first is what the others are compared with; and what became of the checks. */
export function formatRebuilds({ backend, rates, live, memory }: RebuildReport): string {
  return [
    ...(rates === undefined ? [] : formatRates(backend, rates)),
    ...(live === undefined ? [] : [formatLive(live)]),
    ...(memory === undefined ? [] : [formatMemory(memory)]),
  ].join('\n');
}

function formatRates(backend: string, { rounds, results }: NonNullable<RebuildReport['rates']>): string[] {
  const [base] = results;
  const slow = results.filter(
    ({ name, wallMs }) => name.startsWith('rebuild') && (base?.wallMs ?? 0) / wallMs < TARGET,
  );
  const verdict = slow.length === 0 ? 'kept' : `missed by: ${slow.map(({ name }) => name).join('; ')}`;
  return [
    `Rebuild of ${count(base?.events ?? 0)} events, ${backend}, medians of ${rounds} rounds`,
    toLine(['', 'wall', 'CPU', 'events/s', 'of scan', 'of floor', 'memory']),
    ...results.map((result) => toLine(cellsOf(result, results))),
    `At least ${TARGET} of the rate of the raw scan: ${verdict}`,
  ];
}

function formatLive({ events, appended }: NonNullable<RebuildReport['live']>): string {
  const rebuilt = `Rebuilt while ${count(appended)} commits were appended and projected live`;
  return `${rebuilt}: all rows equal the fold of the ${count(events)} events, and those of a projection that was never rebuilt`;
}

function cellsOf({ name, floor, events, wallMs, cpuMs, peakBytes }: RebuildResult, all: readonly RebuildResult[]) {
  const ratioTo = (other: RebuildResult | undefined) => (other === undefined ? '' : (other.wallMs / wallMs).toFixed(2));
  return [
    name,
    `${Math.round(wallMs)} ms`,
    `${Math.round(cpuMs)} ms`,
    count(Math.round(events / (wallMs / 1000))),
    ratioTo(all[0]),
    ratioTo(all.find((other) => other.name === floor)),
    `+${megabytes(peakBytes)} MB`,
  ];
}

/** @throws Error when memory grows with the number of events. */
function formatMemory([smaller, larger]: readonly [MemoryResult, MemoryResult]): string {
  const held = [smaller, larger]
    .map(({ events, heldBytes }) => `${megabytes(heldBytes)} MB with ${count(events)} events`)
    .join(', ');
  if (larger.heldBytes > smaller.heldBytes * FLAT) throw new Error(`Memory grows with the number of events: ${held}.`);
  return `Held at most, after a collection: ${held}`;
}

function toLine(cells: readonly string[]): string {
  return cells
    .map((text, index) => (index === 0 ? text.padEnd(WIDTHS[0]) : text.padStart(WIDTHS[index] ?? 0)))
    .join('  ');
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}

function count(number: number): string {
  return number.toLocaleString('en');
}
