/* Which runs are swept in which call. A run is swept in the first interval after its due time, then in the second, the fourth, the eighth
 * and so on: which of them it is follows from the two times alone, and those that are not swept now are not even read. */

/** Runs due between two times, both included, milliseconds since 1970. */
export interface Window {
  readonly since: number;
  readonly now: number;
  /** Whether the last are taken first: so that what stays stuck does not hold the others up for ever, where a call has its limit. */
  readonly descending: boolean;
}

/** The end of the last interval that is over, milliseconds since 1970: what was due by then may be swept. */
export function lastIntervalEnd(nowMs: number, everyMs: number): number {
  return Math.floor(nowMs / everyMs) * everyMs - 1;
}

/** What is swept now: runs that are due since 1, 2, 4, 8, … intervals. The freshest come first. */
export function windowsAt(nowMs: number, everyMs: number, oldestMs: number): readonly Window[] {
  const windows: Window[] = [];
  let now = lastIntervalEnd(nowMs, everyMs);
  for (let age = 1; now >= oldestMs; age *= 2) {
    windows.push({ since: now - everyMs + 1, now, descending: windows.length % 2 === 1 });
    now -= age * everyMs;
  }
  return windows;
}
