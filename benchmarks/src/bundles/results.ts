import module from 'node:module';
import type { BundleBytes } from '@everfold/cdk';
import type { Timing } from '../measure.js';
import { ratio } from '../statistics.js';
import { times, type Verdict } from '../targets.js';

/** The name of the row on the command line. */
export const BUNDLES = 'bundles';

/** Whether this Node keeps compiled code on disk: from 22.1 on. */
export const hasCompileCache = 'enableCompileCache' in module;

/** Imported from the source alone, or with what V8 made of it the last time. */
export type ImportMode = 'plain' | 'cached';

/** What a bundle has, and how long its import takes, at the median. */
export interface BundleResult {
  readonly name: string;
  /** The bare handler with the same clients of the SDK. */
  readonly bare: string;
  readonly bytes: BundleBytes;
  readonly plain: Timing;
  readonly cached?: Timing;
}

/** KB of 1,000 bytes. */
const MOST_OWN_BYTES = 60_000;
const MOST_TIMES_BARE = 1.3;

/** How many times the CPU time of a bare handler's import a bundle's takes. */
export function besideBare(
  results: readonly BundleResult[],
  result: BundleResult,
  { bare = result.bare, mode = 'plain' }: { readonly bare?: string; readonly mode?: ImportMode } = {},
): number | undefined {
  return ratio(result[mode]?.cpuMs, results.find(({ name }) => name === bare)?.[mode]?.cpuMs);
}

/** The verdicts on the bundles: for each target, on the one that comes out worst. */
export function judgeBundles(results: readonly BundleResult[]): Verdict[] {
  const functions = results.filter(({ name, bare }) => name !== bare);
  const verdict = (text: string, most: number, measure: (result: BundleResult) => number | undefined): Verdict[] => {
    const [worst] = functions
      .map((result) => ({ name: result.name, measured: measure(result) ?? 0 }))
      .sort((one, other) => other.measured - one.measured);
    if (worst === undefined) return [];
    const { name, measured } = worst;
    return [{ text: `${text}: ${name}`, limit: `at most ${times(most)}`, measured, isMet: measured <= most }];
  };
  return [
    ...verdict('own code beside 60 KB', 1, ({ bytes }) => bytes.own / MOST_OWN_BYTES),
    ...verdict('import beside a bare handler with the same clients', MOST_TIMES_BARE, (result) =>
      besideBare(results, result),
    ),
    ...verdict('import beside a bare handler on DynamoDB', MOST_TIMES_BARE, (result) =>
      besideBare(results, result, { bare: 'bare-dynamodb' }),
    ),
  ];
}

/** One line of `--json`. */
export function toBundleLine({ name, bare, bytes, plain, cached }: BundleResult): string {
  const rounded = ({ wallMs, cpuMs }: Timing) => ({
    wallMs: Number(wallMs.toPrecision(4)),
    cpuMs: Number(cpuMs.toPrecision(4)),
  });
  const timings = { ...rounded(plain), ...(cached && { cached: rounded(cached) }) };
  return JSON.stringify({ row: BUNDLES, function: name, bare, bytes, ...timings });
}
