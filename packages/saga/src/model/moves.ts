import { FENCED, STARTED, TOMBSTONED } from '../ledger.js';
import { afterEntries } from './ledger-states.js';
import { AWAY, type Late, type Local, type Part, type Place, type Plan } from './part.js';
import { afterUndo } from './provider.js';

/* What changes in one step at one moment, and how it is said. */

export interface Move extends Attempt {
  readonly to: Local;
}

/** What a worker does, before it is known how those stand that follow. */
export interface Attempt {
  readonly says: string;
  /** Something goes wrong or comes late: no run may need it to come to its end. */
  readonly isMishap?: boolean;
  /** Done only when all that was set off is taken back; this is the event because of which. */
  readonly onceTakenBack?: string;
  /** The worker looks at one of those that follow. */
  readonly look?: Look;
}

export interface Look {
  /** Which of them, from 0. */
  readonly nth: number;
  /** The event because of which it looks. */
  readonly cause: string;
  /** Which of the workers. */
  readonly slot: number;
}

/** Where a worker has to be between deciding upon something and doing it: nowhere, where a reduction holds. */
export function placeOf({ rules }: Part, place: Place): Place {
  if (place === 'run' && rules.requestsAreOne) return AWAY;
  if (place === 'void' && rules.voidsAreOne) return AWAY;
  return place;
}

/** The step with one of its workers somewhere else. */
export function withWorker(local: Local, slot: number, place: Place): Local {
  const [first, second] = local.workers;
  return { ...local, workers: slot === 0 ? [place, second] : [first, place] };
}

/** The step after its ledger was written to: by one of its workers, or by somebody else. */
export function written(
  part: Part,
  local: Local,
  { entries, effect, next: following = AWAY }: Plan,
  slot?: number,
): Local {
  const { step, rules } = part;
  const isGuard = (type: string) =>
    (type === FENCED && !rules.has('fence')) || (type === TOMBSTONED && !rules.has('tombstone'));
  const kept = entries.filter(({ type }) => !isGuard(type));
  const place = placeOf(part, following);
  if (kept.length === 0) return slot === undefined ? local : withWorker(local, slot, place);
  const after = withEffect(local, effect, part);
  const ledger = afterEntries(step, local.ledger, kept);
  if (ledger === undefined) {
    const types = kept.map(({ type }) => type).join(' and ');
    return { ...after, broken: `the ledger of ${step.name} is ${local.ledger.status}, and ${types} follows on that` };
  }
  const isSent = step.work === 'run' && step.effect === 'outside' && entries.some(({ type }) => type === STARTED);
  const late = isSent && rules.requestsAreOne ? withLate(local.late, 'run') : local.late;
  const next = { ...after, ledger, late };
  if (rules.has('optimistic lock')) return withoutOthers(part, next, slot, place);
  return slot === undefined ? next : withWorker(next, slot, place);
}

function withEffect(local: Local, effect: Plan['effect'], { rules }: Part): Local {
  if (effect === 'act') return { ...local, books: 'stands', effects: local.effects + 1 };
  return effect === 'undo' ? { ...local, books: afterUndo(local.books, rules) } : local;
}

/** What other workers have read is out of date, so whatever they write collides and they read anew. What they have sent is on its way. */
function withoutOthers(part: Part, local: Local, slot: number | undefined, place: Place): Local {
  const [first, second] = local.workers;
  let { late } = local;
  if (slot !== 0) late = withRequest(part, late, first);
  if (slot !== 1) late = withRequest(part, late, second);
  return { ...local, late, workers: [slot === 0 ? place : AWAY, slot === 1 ? place : AWAY] };
}

/** A worker is gone, and what it was about to send, or had sent, is on its way. */
export function crashed(part: Part, local: Local, slot: number): Local {
  const late = withRequest(part, local.late, local.workers[slot] ?? AWAY);
  return { ...withWorker(local, slot, AWAY), late };
}

/** A step that acts in the store sends nothing to anybody. */
function withRequest({ step }: Part, late: readonly Late[], place: Place): readonly Late[] {
  const [request] = place.split(' ');
  if (step.effect === 'store') return late;
  // What asks a service is an event, and is written, not sent.
  if (step.work === 'contract' && request === 'undo') return late;
  return request === 'run' || request === 'void' || request === 'undo' ? withLate(late, request) : late;
}

function withLate(late: readonly Late[], request: Late): readonly Late[] {
  return late.includes(request) ? late : [...late, request];
}
