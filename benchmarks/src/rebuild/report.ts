import type { RebuildResult } from './compare-rebuilds.js';

/** The rate that a rebuild is to have, as a share of the raw scan's. */
const TARGET = 0.7;

/** A table of the contestants: the first is what the others are compared with. */
export function formatRebuilds(
  results: readonly RebuildResult[],
  { backend, rounds }: { readonly backend: string; readonly rounds: number },
): string {
  const [base] = results;
  const lines = results.map(({ name, events, wallMs, cpuMs, peakBytes }) =>
    [
      name.padEnd(36),
      `${Math.round(wallMs)} ms`.padStart(9),
      `${Math.round(cpuMs)} ms`.padStart(9),
      Math.round(events / (wallMs / 1000))
        .toLocaleString('en')
        .padStart(10),
      ((base?.wallMs ?? wallMs) / wallMs).toFixed(2).padStart(6),
      `+${Math.round(peakBytes / 1024 / 1024)} MB`.padStart(8),
    ].join('  '),
  );
  const slow = results.filter(
    ({ name, wallMs }) => name.startsWith('rebuild') && (base?.wallMs ?? 0) / wallMs < TARGET,
  );
  const verdict = slow.length === 0 ? 'kept' : `missed by: ${slow.map(({ name }) => name).join('; ')}`;
  const head = ['', 'wall', 'CPU', 'events/s', 'ratio', 'memory'];
  const widths = [36, 9, 9, 10, 6, 8];
  return [
    `Rebuild of ${base?.events.toLocaleString('en')} events, ${backend}, medians of ${rounds} rounds`,
    head.map((text, index) => (index === 0 ? text.padEnd(36) : text.padStart(widths[index] ?? 0))).join('  '),
    ...lines,
    `At least ${TARGET} of the rate of the raw scan: ${verdict}`,
  ].join('\n');
}
