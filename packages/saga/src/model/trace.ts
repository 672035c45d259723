import type { Violation } from './explore.js';

/**
 * A trace in numbered lines, and what is broken in the end.
 *
 * @example
 * ```ts
 * import { exploreSaga, formatTrace } from '@everfold/saga/model';
 *
 * const { violation } = exploreSaga(fulfilmentV2, { without: 'fence' });
 * if (violation !== undefined) console.log(formatTrace(violation));
 * ```
 */
export function formatTrace({ trace, problem }: Violation): string {
  const { length } = String(trace.length);
  const lines = trace.map((says, index) => `${String(index + 1).padStart(length)}. ${says}`);
  return [...lines, `${' '.repeat(length)}  Broken: ${problem}.`].join('\n');
}
