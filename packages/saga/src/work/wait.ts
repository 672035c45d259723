import { type AtWork, enter, remind, startEntry } from './at-work.js';

/** Records that the step waits, and sets a timer for its deadline. */
export async function wait(at: AtWork): Promise<void> {
  const entry = startEntry(at);
  await enter(at, entry);
  if (entry.data.deadline !== undefined) await remind(at, entry.data.deadline);
}
