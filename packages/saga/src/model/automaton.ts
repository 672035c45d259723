import { TOMBSTONED } from '../ledger.js';
import type { AnySaga } from '../saga.js';
import type { SagaStep } from '../step.js';
import { atEnd, type Ending, endingKey, endMoves, OPEN } from './end-moves.js';
import { TooManyStatesError } from './errors.js';
import type { Rules } from './guards.js';
import { Interned } from './interned.js';
import { ledgerKey } from './ledger-states.js';
import { type Attempt, type Move, withWorker, written } from './moves.js';
import {
  AWAY,
  causesOf,
  type Part,
  type Place,
  partsOf,
  stands,
  UNTOUCHED,
  withFewAttempts,
  workOf,
  wrongWith,
} from './part.js';
import { stepMoves } from './step-moves.js';
import {
  asked,
  gathered,
  localOf,
  obstacleAt,
  obstacleTo,
  recordedOf,
  type SetOff,
  takesPart,
  type View,
} from './view.js';

/* The automaton of a whole saga, for one key: what may be true at one moment, and what may come next. */

/**
 * What is true at one moment, as a string: a character for each step, one for the end, and one for what is decided outside. No
 * other form of it is compared and kept as fast.
 */
export type State = string;

/** Something that may come next. */
export interface Next {
  readonly to: State;
  readonly says: string;
  /** Something goes wrong or comes late. */
  readonly isMishap: boolean;
}

/** Where the worker of an attempt is at work. */
interface Site {
  /** The character of the state that is about it. */
  readonly index: number;
  /** What is taken back is what was set off by this. */
  readonly on: SetOff;
  /** How it stands when its worker is at a place. */
  readonly idWith: (place: Place) => number;
  /** How it stands after the attempt. */
  readonly id: number;
}

export class Automaton {
  readonly #saga: AnySaga;
  readonly #rules: Rules;
  readonly #parts: readonly Part[];
  readonly #optional: readonly SagaStep[];
  readonly #endings = new Interned<Ending>(endingKey);
  readonly #endCauses: ReadonlyMap<string, string>;
  readonly #moves = new Map<string, readonly Move[]>();

  constructor(defined: AnySaga, rules: Rules) {
    const saga = withFewAttempts(defined);
    this.#saga = saga;
    this.#rules = rules;
    this.#parts = partsOf(saga, rules);
    this.#optional = saga.steps.filter(({ when }) => when !== undefined);
    this.#endCauses = causesOf(saga.end.cancelled.on, saga.steps);
  }

  /** Where runs begin: the start is recorded, and it is decided which of the optional steps wait. */
  initial(): readonly Next[] {
    const steps = this.#parts.map(({ locals }) => String.fromCharCode(locals.idOf(UNTOUCHED))).join('');
    return Array.from({ length: 2 ** this.#optional.length }, (_, waiting) => {
      const words = this.#optional.map(
        ({ name }, at) => `${name} ${waiting & (1 << at) ? 'waits' : 'does not wait'} in this run`,
      );
      return {
        to: steps + String.fromCharCode(this.#endings.idOf(OPEN), waiting << 1),
        says: [`${this.#saga.start} is recorded`, ...words].join('; '),
        isMishap: false,
      };
    });
  }

  next(state: State): Next[] {
    const view = this.#viewOf(state);
    const next = this.#parts.flatMap((part) => this.#nextOfStep(state, part, view));
    next.push(...this.#nextOfEnd(state, view));
    const { cancel } = this.#saga;
    if (cancel !== undefined && !view.isCancelled) {
      const outside = this.#parts.length + 1;
      next.push({
        to: this.#replaced(state, outside, state.charCodeAt(outside) | 1),
        says: `${cancel} is recorded`,
        isMishap: false,
      });
    }
    return next;
  }

  hasEnded(state: State): boolean {
    return this.#endings.valueOf(state.charCodeAt(this.#parts.length)).recorded.length > 0;
  }

  /** What is wrong, if something is. */
  problemOf(state: State): string | undefined {
    const view = this.#viewOf(state);
    for (const part of this.#parts) {
      const problem = wrongWith(part, localOf(view, part.step));
      if (problem !== undefined) return problem;
    }
    const [end, ...others] = view.ending.recorded;
    if (end === undefined) return undefined;
    if (others.length > 0) return `the saga has ended more than once, with ${[end, ...others].join(' and then ')}`;
    const isDone = end === this.#saga.end.done.emit;
    const wrong = this.#parts.find(
      ({ step, index }) => step.kind !== 'wait' && stands(view.locals[index] ?? UNTOUCHED) !== isDone,
    );
    return wrong && `${end} is recorded, and ${workOf(wrong)} ${isDone ? 'does not stand' : 'stands'}`;
  }

  /** What is true of ledgers, books and the end: without where workers are, and what is on its way. */
  standingOf(state: State): string {
    const { locals, ending, isCancelled, waiting } = this.#viewOf(state);
    const steps = locals.map(({ ledger, books, effects }) => `${ledgerKey(ledger)} ${books} ${effects}`);
    return [...steps, ...ending.recorded, isCancelled, ...[...waiting].map(({ name }) => name)].join(' | ');
  }

  #viewOf(state: State): View {
    const { length } = this.#parts;
    const outside = state.charCodeAt(length + 1);
    return {
      saga: this.#saga,
      rules: this.#rules,
      locals: this.#parts.map(({ locals }, index) => locals.valueOf(state.charCodeAt(index))),
      ending: this.#endings.valueOf(state.charCodeAt(length)),
      isCancelled: (outside & 1) !== 0,
      waiting: new Set(this.#optional.filter((_, at) => (outside & (2 << at)) !== 0)),
    };
  }

  #nextOfStep(state: State, part: Part, view: View): Next[] {
    const { step, index, locals, causes } = part;
    const trigger = takesPart(view, step) ? gathered(view, step.on)?.join(' and ') : undefined;
    const around = { ...(trigger === undefined ? {} : { trigger }), causes: recordedOf(view, causes) };
    // Neither what its workers may do nor how it is said depends on more than these.
    const key = `${index} ${state.charCodeAt(index)} ${trigger} ${around.causes}`;
    let moves = this.#moves.get(key);
    if (moves === undefined) {
      moves = stepMoves(part, view.locals[index] ?? UNTOUCHED, around);
      this.#moves.set(key, moves);
    }
    return moves.flatMap((move) => {
      const idWith = (place: Place) => locals.idOf(withWorker(move.to, move.look?.slot ?? 0, place));
      return this.#attempted(state, view, move, {
        index,
        on: { type: step.ok, isAtHand: localOf(view, step).ledger.outcome !== undefined },
        idWith,
        id: locals.idOf(move.to),
      });
    });
  }

  #nextOfEnd(state: State, view: View): Next[] {
    const { start, end } = this.#saga;
    const heard = { isDone: gathered(view, end.done.on) !== undefined, causes: recordedOf(view, this.#endCauses) };
    const types = { done: end.done.emit, cancelled: end.cancelled.emit };
    return endMoves(view.ending, heard, types, this.#rules).flatMap((move) => {
      const idWith = (place: Place) => this.#endings.idOf(atEnd(move.to, move.look?.slot ?? 0, place));
      return this.#attempted(state, view, move, {
        index: this.#parts.length,
        on: { type: start, isAtHand: false },
        idWith,
        id: this.#endings.idOf(move.to),
      });
    });
  }

  /** An attempt, or what has to be done first. */
  #attempted(state: State, view: View, attempt: Attempt, { index, on, idWith, id }: Site): Next[] {
    const { says, isMishap = false, onceTakenBack, look } = attempt;
    if (look !== undefined) {
      const others = asked(view, on, look.cause);
      const other = others[look.nth];
      const obstacle = other && obstacleAt(view, other, look.cause);
      if (typeof obstacle === 'object') return [this.#barred(state, view, obstacle, attempt)];
      if (obstacle === 'stands')
        return [{ to: this.#replaced(state, index, idWith(AWAY)), says: `${says}: ${other?.name} stands`, isMishap }];
      const isLast = look.nth + 1 >= others.length;
      const place = isLast ? `undo ${look.cause}` : `look ${look.nth + 1} ${look.cause}`;
      const found = other ? `finds nothing of ${other.name}` : 'finds nothing that follows';
      return [{ to: this.#replaced(state, index, idWith(place)), says: `${says}: ${found}`, isMishap }];
    }
    const obstacle = onceTakenBack === undefined ? undefined : obstacleTo(view, on, onceTakenBack);
    if (obstacle === 'stands') return [];
    if (obstacle !== undefined) return [this.#barred(state, view, obstacle, attempt)];
    return [{ to: this.#replaced(state, index, id), says, isMishap }];
  }

  /** A step that was not begun is barred first, by whoever is about to do something else then. */
  #barred(state: State, view: View, step: SagaStep, { says, isMishap = false }: Attempt): Next {
    const index = this.#saga.steps.indexOf(step);
    const part = this.#parts[index];
    if (part === undefined) throw new Error(`${step.name} is no step of ${this.#saga.name}.`);
    const to = written(part, localOf(view, step), { entries: [{ type: TOMBSTONED }], says: '' });
    const [who] = says.split(':');
    return {
      to: this.#replaced(state, index, part.locals.idOf(to)),
      says: `${who}: bars ${step.name}, which was not begun`,
      isMishap,
    };
  }

  #replaced(state: State, index: number, id: number): State {
    if (id > 0xffff) throw new TooManyStatesError(this.#saga.name, 0xffff);
    return state.slice(0, index) + String.fromCharCode(id) + state.slice(index + 1);
  }
}
