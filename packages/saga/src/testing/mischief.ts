import type { Random } from '@everfold/core';
import type { Work } from '../ledger.js';

/**
 * Where a step's process may die: beside the call of one of its functions, or beside a write. `start` and `fence` are those
 * entries of its ledger, `record` its outcome.
 */
export type CrashPoint = `${'before' | 'after'} ${Work | 'start' | 'fence' | 'record'}`;

/** Whether a call reaches the other side late, or its answer comes back late. */
export type Late = 'call' | 'answer';

/** What goes wrong in a run, as it was asked for; and chance, by a seed. */
export class Mischief {
  duplicates = false;
  /** Set where deliveries are shuffled. */
  random: Random | undefined;
  readonly #times = new Map<string, number>();
  readonly #delaysMs = new Map<string, number[]>();

  crash(step: string, point: CrashPoint, times: number): void {
    this.#add(`crash ${step} ${point}`, times);
  }

  throw(step: string, work: Work, times: number): void {
    this.#add(`throw ${step} ${work}`, times);
  }

  drop(type: string): void {
    this.#add(`drop ${type}`, 1);
  }

  delay(step: string, late: Late, milliseconds: number): void {
    this.#delaysMs.set(`${step} ${late}`, [...(this.#delaysMs.get(`${step} ${late}`) ?? []), milliseconds]);
  }

  crashes(step: string, point: CrashPoint): boolean {
    return this.#take(`crash ${step} ${point}`);
  }

  throws(step: string, work: Work): boolean {
    return this.#take(`throw ${step} ${work}`);
  }

  drops(type: string): boolean {
    return this.#take(`drop ${type}`);
  }

  /** Milliseconds by which this call, or its answer, is late. */
  delayMs(step: string, late: Late): number {
    return this.#delaysMs.get(`${step} ${late}`)?.shift() ?? 0;
  }

  /** A whole number from 0 to below `count`; 0 where nothing is left to chance. */
  choose(count: number): number {
    return this.random === undefined ? 0 : Math.floor(this.random() * count);
  }

  #add(what: string, times: number): void {
    this.#times.set(what, (this.#times.get(what) ?? 0) + times);
  }

  #take(what: string): boolean {
    const times = this.#times.get(what) ?? 0;
    if (times > 0) this.#times.set(what, times - 1);
    return times > 0;
  }
}

/** Chance that is the same for the same seed: mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
