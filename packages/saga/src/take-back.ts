import type { EventStore, RecordedEvent } from '@everfold/core';
import { metadataOf } from './context.js';
import { isTakenBack, TOMBSTONED } from './ledger.js';
import { enter, loadLedger } from './loaded-ledger.js';
import type { AnySaga } from './saga.js';
import { negativeOutcomes } from './step.js';

/**
 * Whether nothing of what was set off by an event stands, or ever will: only then is the step undone that it came from.
 *
 * A step that was not begun is barred here and now. Its trigger may still be on the way, and its own tombstone would be
 * told to nobody. Where a step is at work or done, its failure or compensation will come, and ask again.
 *
 * Costs nothing where one step alone is set off, for then `cause` comes from it; else a Query for each other one, and a
 * PutItem for each that is barred.
 *
 * @param on - Type of the event.
 * @param cause - The failure or compensation at hand.
 * @throws ConflictError when a step begins while it is barred.
 */
export async function isAllTakenBack(
  store: EventStore,
  saga: AnySaga,
  on: string,
  cause: RecordedEvent,
  key: string,
): Promise<boolean> {
  const others = saga.steps.filter((step) => step.on === on && !negativeOutcomes(step).includes(cause.type));
  const tombstone = { type: TOMBSTONED, data: { cause: cause.id } };
  for (const step of others) {
    const { ledger, position } = await loadLedger(store, step, key);
    if (ledger.status === 'empty') await enter(store, position, tombstone, metadataOf(saga, cause));
    else if (!isTakenBack(ledger)) return false;
  }
  return true;
}
