import { type Result, resultOf } from './results.js';
import { ratio } from './statistics.js';
import type { SystemName } from './systems/system.js';

type Figure = 'wallMs' | 'cpuMs' | 'writeUnits';

/** A figure of one system that is to be at most, or at least, so many times that of another. */
interface Target {
  readonly text: string;
  readonly row: string;
  readonly figure: Figure;
  readonly of: SystemName;
  readonly to: SystemName;
  readonly atMost?: number;
  readonly atLeast?: number;
}

const targets: readonly Target[] = [
  ...(['append-1', 'append-5'] as const).flatMap((row): Target[] => [
    { text: `${row}: wall time beside raw`, row, figure: 'wallMs', of: 'everfold', to: 'raw', atMost: 1.15 },
    { text: `${row}: CPU time beside raw`, row, figure: 'cpuMs', of: 'everfold', to: 'raw', atMost: 1.3 },
  ]),
  {
    text: 'load-1000: wall time beside raw',
    row: 'load-1000',
    figure: 'wallMs',
    of: 'everfold',
    to: 'raw',
    atMost: 1.2,
  },
  {
    text: 'load-1000: faster than Castore',
    row: 'load-1000',
    figure: 'wallMs',
    of: 'castore',
    to: 'everfold',
    atLeast: 3,
  },
  {
    text: "append-5: faster than Castore's group",
    row: 'append-5',
    figure: 'wallMs',
    of: 'castore',
    to: 'everfold',
    atLeast: 2,
  },
  {
    text: "append-5: write units beside Castore's group",
    row: 'append-5',
    figure: 'writeUnits',
    of: 'everfold',
    to: 'castore',
    atMost: 1 / 3,
  },
  {
    text: 'load-10000-snapshots: faster than Castore',
    row: 'load-10000-snapshots',
    figure: 'wallMs',
    of: 'castore',
    to: 'everfold',
    atLeast: 50,
  },
];

/** How a target came out. */
export interface Verdict {
  readonly text: string;
  readonly limit: string;
  readonly measured: number;
  readonly isMet: boolean;
}

/** The verdicts on all targets whose rows were measured. */
export function judge(results: readonly Result[]): Verdict[] {
  return targets.flatMap((target) => {
    const { text, row, figure, of, to, atMost, atLeast } = target;
    const measured = ratio(resultOf(results, row, of)?.[figure], resultOf(results, row, to)?.[figure]);
    if (measured === undefined) return [];
    const isMet = measured <= (atMost ?? Number.POSITIVE_INFINITY) && measured >= (atLeast ?? 0);
    const limit = atMost === undefined ? `at least ${times(atLeast ?? 0)}` : `at most ${times(atMost)}`;
    return [{ text, limit, measured, isMet }];
  });
}

/** `1.15×`; from ten on, without decimals. */
export function times(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)}×`;
}
