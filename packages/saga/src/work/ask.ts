import { checkOutcome } from '../context.js';
import { isAllTakenBack } from '../take-back.js';
import { type AtWork, contextOf, decoded, enter } from './at-work.js';

/** Asks the service that runs the step to take its work back. What throws here is thrown on: nothing was done. */
export async function ask(at: AtWork): Promise<void> {
  const { saga, step, ledger, key, cause, ports } = at;
  const { ask: type, data } = step.undo ?? {};
  if (type === undefined || data === undefined) return;
  const own = ledger.outcome && (await decoded(at, ledger.outcome));
  // What hangs on the work is barred where it was not begun, though its trigger may not even have been heard of here.
  if (!(await isAllTakenBack(ports.store, saga, own ?? step.ok, cause, key))) return;
  const request = { type, data: data({ outcome: own?.data, cause, ...contextOf(at) }) };
  await enter(at, await checkOutcome(saga, step.name, request, [type], key));
}
