import type { Clock } from '@everfold/core';

/** A clock cannot be interrupted; a wait in slices ends at most this late, milliseconds. */
const SLICE_MS = 100;

/** What a loop needs to wait, and to hear that it is to end. */
export interface Waiting {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Waits so many milliseconds, or until the signal is aborted; other work has its turn even when that is none. */
export async function pause(milliseconds: number, { clock, signal }: Waiting): Promise<void> {
  let left = milliseconds;
  do {
    if (signal.aborted) return;
    await clock.sleep(Math.min(left, SLICE_MS));
    left -= SLICE_MS;
  } while (left > 0);
}
