import type { Clock } from '@everfold/core';
import type { Timer, Timers } from '../timers/timers.js';

/** Something that happens when its time has come. */
type Due = { readonly at: number } & ({ readonly timer: Timer } | { readonly wake: () => Promise<void> });

/** A clock that stands still until it is moved, and what is to happen on the way. */
export class VirtualTime implements Clock, Timers {
  #nowMs: number;
  #due: readonly Due[] = [];

  /** @param nowMs - Milliseconds since 1970. */
  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Whoever pauses before another attempt on the store goes on at once: no time passes while something is handled. */
  sleep(): Promise<void> {
    return Promise.resolve();
  }

  async set(timer: Timer): Promise<void> {
    const isSame = (due: Due) => 'timer' in due && JSON.stringify(due.timer) === JSON.stringify(timer);
    if (!this.#due.some(isSame)) this.#due = [...this.#due, { at: Date.parse(timer.at), timer }];
  }

  /** Has something called after so many milliseconds. */
  after(milliseconds: number, wake: () => Promise<void>): void {
    this.#due = [...this.#due, { at: this.#nowMs + milliseconds, wake }];
  }

  /** Takes what is due next, no later than `untilMs`, and moves the clock there; of several, the one that was set first. */
  next(untilMs: number): Due | undefined {
    const [next] = [...this.#due].sort((one, other) => one.at - other.at);
    if (next === undefined || next.at > untilMs) return undefined;
    this.#due = this.#due.filter((due) => due !== next);
    this.moveTo(next.at);
    return next;
  }

  /** Moves the clock, never back. */
  moveTo(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
  }
}
