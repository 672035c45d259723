import type { RecordedEvent, StreamStore } from '@everfold/core';
import { metadataOf, readAgain } from './context.js';
import { triggeredBy } from './derive.js';
import { isBarrable, isTakenBack, type Ledger, TOMBSTONED } from './ledger.js';
import { enter, loadLedger } from './loaded-ledger.js';
import type { AnySaga } from './saga.js';
import { ledgerStream, ownNegatives, type SagaStep } from './step.js';

/**
 * Whether nothing of what was set off by an event stands, or ever will: only then is the step undone that it came from.
 *
 * A step that was not begun is barred here and now. Its trigger may still be on the way, and its own tombstone would be
 * told to nobody. Where a step is at work or done, its failure or compensation will come, and ask again; where another service
 * runs it, its answer. A step that only waited has nothing to take back: what follows on it has.
 *
 * Costs nothing where one step alone is set off, for then `cause` comes from it; else a Query for each other one, and a
 * PutItem for each that is barred.
 *
 * @param on - The event, or its type where it is not at hand. An optional step that the event does not set off is not asked.
 * @param cause - The failure or compensation at hand.
 * @throws ConflictError when a step begins while it is barred.
 */
export async function isAllTakenBack(
  store: StreamStore,
  saga: AnySaga,
  on: string | RecordedEvent,
  cause: RecordedEvent,
  key: string,
): Promise<boolean> {
  const type = typeof on === 'string' ? on : on.type;
  const others = triggeredBy(type, saga.steps).filter((step) => {
    if (ownNegatives(step).includes(cause.type)) return false;
    return typeof on === 'string' || step.when === undefined || step.when(on);
  });
  for (const step of others) {
    const { ledger, position } = await loadLedger(store, step, key);
    if (isBarrable(step, ledger)) {
      await enter(store, position, [{ type: TOMBSTONED, data: { cause: cause.id } }], metadataOf(saga, cause));
    } else if (handsThrough(step, ledger)) {
      const outcome = ledger.outcome && (await readAgain(saga, ledger.outcome, ledgerStream(step, key)));
      if (!(await isAllTakenBack(store, saga, outcome ?? step.ok, cause, key))) return false;
    } else if (!isTakenBack(ledger)) return false;
  }
  return true;
}

/** Whether what follows on the step may stand though the step itself does not. */
export function handsThrough({ work }: SagaStep, { status }: Ledger): boolean {
  return work === 'wait' && status === 'ok';
}
