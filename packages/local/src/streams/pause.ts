import type { Clock } from '@everfold/core';

/** A clock cannot be interrupted; a wait in slices ends at most this late, milliseconds. */
const SLICE_MS = 100;

/** What a loop needs to wait, and to hear that it is to end. */
export interface Waiting {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Waits so many milliseconds, or until the signal is aborted. */
export async function pause(milliseconds: number, { clock, signal }: Waiting): Promise<void> {
  for (let left = milliseconds; left > 0 && !signal.aborted; left -= SLICE_MS) {
    await clock.sleep(Math.min(left, SLICE_MS));
  }
}
