import { isAllTakenBack } from '../take-back.js';
import { type AtWork, contextOf, decoded } from './at-work.js';
import { attempt } from './attempt.js';

/** Takes back what the step did, once nothing that hangs on it stands. */
export async function undo(at: AtWork): Promise<void> {
  const { saga, step, ledger, key, ports, services } = at;
  const { outcome, attempts } = ledger;
  const { ok = '', run } = step.undo ?? {};
  if (run === undefined || outcome === undefined) return;
  const cause = attempts?.cause ? await decoded(at, attempts.cause) : at.cause;
  const own = await decoded(at, outcome);
  if (!(await isAllTakenBack(ports.store, saga, own, cause, key))) return;
  await attempt({ ...at, cause }, 'undo', [ok], () => run({ outcome: own.data, cause, ...contextOf(at) }, services));
}
