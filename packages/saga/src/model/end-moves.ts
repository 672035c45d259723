import type { Rules } from './guards.js';
import type { Attempt } from './moves.js';
import { AWAY, type Place } from './part.js';

/* What the handler of a saga's end may do. */

/** All that is true of the end. */
export interface Ending {
  /** The terminal events that were recorded. */
  readonly recorded: readonly string[];
  /** Two workers may be at it at once. */
  readonly workers: readonly [Place, Place];
}

export const OPEN: Ending = { recorded: [], workers: [AWAY, AWAY] };

export function endingKey({ recorded, workers }: Ending): string {
  return [...recorded, '|', ...workers].join();
}

export interface EndMove extends Attempt {
  readonly to: Ending;
}

/** What the end handler has heard of. */
export interface Heard {
  readonly isDone: boolean;
  readonly causes: readonly string[];
}

/** The types of the two terminal events. */
export interface Terminals {
  readonly done: string;
  readonly cancelled: string;
}

/** With `Heard` as it is, whatever may come next. */
export function endMoves(
  ending: Ending,
  { isDone, causes }: Heard,
  { done, cancelled }: Terminals,
  rules: Rules,
): EndMove[] {
  const moves: EndMove[] = [];
  for (const slot of [0, 1]) {
    const place = ending.workers[slot] ?? AWAY;
    if (place === AWAY) continue;
    const who = `end (worker ${slot + 1})`;
    const [what, nth, cause = ''] = place.split(' ');
    if (what === 'look') moves.push({ to: ending, says: who, look: { nth: Number(nth), cause, slot } });
    else moves.push(...append(atEnd(ending, slot, AWAY), cancelled, who, rules));
    moves.push({ to: atEnd(ending, slot, AWAY), says: `${who} crashes`, isMishap: true });
  }
  const slot = ending.workers.indexOf(AWAY);
  if (slot < 0) return moves;
  const who = `end (worker ${slot + 1})`;
  if (isDone) moves.push(...append(ending, done, who, rules));
  for (const cause of causes) {
    const upon = `${who}, upon ${cause}`;
    if (rules.takenBackStays)
      for (const move of append(ending, cancelled, upon, rules)) moves.push({ ...move, onceTakenBack: cause });
    else moves.push({ to: atEnd(ending, slot, `look 0 ${cause}`), says: `${upon}: looks at the steps` });
  }
  return moves;
}

/** The terminal event is create-only: it collides with one that is there. */
function append(ending: Ending, type: string, who: string, rules: Rules): EndMove[] {
  if (ending.recorded.length > 0 && rules.has('terminal guard')) return [];
  return [{ to: { ...ending, recorded: [...ending.recorded, type] }, says: `${who}: records ${type}` }];
}

export function atEnd(ending: Ending, slot: number, place: Place): Ending {
  const [first, second] = ending.workers;
  return { ...ending, workers: slot === 0 ? [place, second] : [first, place] };
}
