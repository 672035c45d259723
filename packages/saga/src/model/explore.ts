import type { AnySaga } from '../saga.js';
import { Automaton, type State } from './automaton.js';
import { TooManyStatesError } from './errors.js';
import { type Guard, rulesWithout } from './guards.js';

/** How a saga is explored. */
export interface ExploreOptions {
  /** A guard to remove, to see what it is for. */
  readonly without?: Guard;
  /** Gives up beyond this many states. Default 2,000,000, for which some 500 MB of memory are needed. */
  readonly maxStates?: number;
  /**
   * Whether states are left out that make no difference while all guards are in place. Default true: without it there are a hundred
   * times as many.
   */
  readonly reduced?: boolean;
}

/** What was found. */
export interface Exploration {
  /** States that were reached. */
  readonly states: number;
  /** Ways from one to another that were followed. */
  readonly transitions: number;
  /** The first that was found, than which none is shorter: the exploration ends there. */
  readonly violation?: Violation;
}

/** How a saga breaks. */
export interface Violation {
  /** What is wrong in the end. */
  readonly problem: string;
  /** What has happened until then, in order. */
  readonly trace: readonly string[];
}

const MAX_STATES = 2_000_000;

/**
 * Explores everything that can happen to one run of a saga: whatever is delivered twice, late or in another order, whatever crashes
 * or throws, whatever a provider does late, with two workers at each step; and looks for what must never be.
 *
 * In no state may a step take effect twice, or stand when its ledger says that it was taken back, or the other way round; the saga may not
 * end twice; when it is completed all its effects stand, when it is cancelled none; and from every state it can come to its end, when
 * from then on nothing goes wrong any more.
 *
 * Functions of the steps are not called: of them only is assumed what their contract says.
 *
 * @param saga - The definition.
 * @throws TooManyStatesError
 *
 * @example
 * ```ts
 * import { exploreSaga } from '@everfold/saga/model';
 *
 * const { states, violation } = exploreSaga(fulfilmentV2);
 * ```
 */
export function exploreSaga(
  saga: AnySaga,
  { without, maxStates = MAX_STATES, reduced = true }: ExploreOptions = {},
): Exploration {
  const automaton = new Automaton(saga, rulesWithout(without, reduced));
  const known = new Map<State, number>();
  const states: State[] = [];
  const parents: number[] = [];
  const edges = { from: [] as number[], to: [] as number[] };
  let transitions = 0;

  const reach = (to: State, from: number): number => {
    const id = known.get(to);
    if (id !== undefined) return id;
    if (states.length >= maxStates) throw new TooManyStatesError(saga.name, maxStates);
    known.set(to, states.length);
    parents.push(from);
    return states.push(to) - 1;
  };
  const violated = (at: number, problem: string): Exploration => ({
    states: states.length,
    transitions,
    violation: { problem, trace: traceTo(automaton, states, parents, at) },
  });

  for (const { to } of automaton.initial()) reach(to, -1);
  // Breadth first: so the way to each state is a shortest one.
  for (let at = 0; at < states.length; at++) {
    const state = states[at] ?? '';
    const problem = automaton.problemOf(state);
    if (problem !== undefined) return violated(at, problem);
    for (const { to, isMishap } of automaton.next(state)) {
      transitions++;
      if (to === state) continue;
      const id = reach(to, at);
      if (isMishap) continue;
      edges.from.push(at);
      edges.to.push(id);
    }
  }
  const stuck = firstStuck(states, edges, (state) => automaton.hasEnded(state));
  if (stuck !== undefined)
    return violated(stuck, 'the saga cannot end from here, even when nothing goes wrong any more');
  return { states: states.length, transitions };
}

/** What was said on the way to a state. */
function traceTo(automaton: Automaton, states: readonly State[], parents: readonly number[], at: number): string[] {
  const state = states[at];
  const parent = parents[at] ?? -1;
  const before = states[parent];
  const next = before === undefined ? automaton.initial() : automaton.next(before);
  const says = next.find(({ to }) => to === state)?.says ?? '';
  return before === undefined ? [says] : [...traceTo(automaton, states, parents, parent), says];
}

/** The first state from which no way leads to an end. */
function firstStuck(
  states: readonly State[],
  { from, to }: { readonly from: readonly number[]; readonly to: readonly number[] },
  hasEnded: (state: State) => boolean,
): number | undefined {
  // The ways back, sorted by where they come from.
  const starts = new Int32Array(states.length + 1);
  for (const id of to) starts[id + 1] = (starts[id + 1] ?? 0) + 1;
  for (let id = 0; id < states.length; id++) starts[id + 1] = (starts[id + 1] ?? 0) + (starts[id] ?? 0);
  const places = starts.slice();
  const back = new Int32Array(to.length);
  for (const [edge, id] of to.entries()) {
    const place = places[id] ?? 0;
    back[place] = from[edge] ?? 0;
    places[id] = place + 1;
  }
  const canEnd = new Uint8Array(states.length);
  const queue: number[] = [];
  for (const [id, state] of states.entries()) {
    if (!hasEnded(state)) continue;
    canEnd[id] = 1;
    queue.push(id);
  }
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const before of back.subarray(starts[id], starts[id + 1])) {
      if (canEnd[before] === 1) continue;
      canEnd[before] = 1;
      queue.push(before);
    }
  }
  const stuck = canEnd.indexOf(0);
  return stuck < 0 ? undefined : stuck;
}
