import { checkOutcome } from '../context.js';
import { PARKED } from '../ledger.js';
import type { Reaction } from '../reaction.js';
import { isAllTakenBack } from '../take-back.js';
import { type AtWork, contextOf, decoded, enter } from './at-work.js';

/** What is done about a step that another service runs, beside waiting for it. */
export async function actOnService(at: AtWork, reaction: Extract<Reaction, { do: 'ask' | 'park' }>): Promise<void> {
  if (reaction.do === 'ask') return ask(at);
  await enter(at, { type: PARKED, data: { work: 'run', reason: reaction.reason } });
}

/** Asks the service that runs the step to take its work back. What throws here is thrown on: nothing was done. */
async function ask(at: AtWork): Promise<void> {
  const { saga, step, ledger, key, cause, ports } = at;
  const { ask: type, data } = step.undo ?? {};
  if (type === undefined || data === undefined) return;
  const own = ledger.outcome && (await decoded(at, ledger.outcome));
  // What hangs on the work is barred where it was not begun, though its trigger may not even have been heard of here.
  if (!(await isAllTakenBack(ports.store, saga, own ?? step.ok, cause, key))) return;
  const request = { type, data: data({ outcome: own?.data, cause, ...contextOf(at) }) };
  await enter(at, await checkOutcome(saga, step.name, request, [type], key));
}
