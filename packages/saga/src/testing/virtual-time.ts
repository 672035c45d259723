import type { Clock } from '@everfold/core';
import { InMemoryTimers } from '../timers/in-memory-timers.js';
import type { Timer, Timers } from '../timers/timers.js';

/** Who waits for an answer, and goes on when its time has come. */
interface Sleeper {
  readonly atMs: number;
  readonly wake: () => Promise<void>;
}

/** What happens when its time has come. */
export type Due = { readonly timers: readonly Timer[] } | { readonly wake: () => Promise<void> };

/** A clock that stands still until it is moved, and what is to happen on the way. */
export class VirtualTime implements Clock, Timers {
  #nowMs: number;
  readonly #timers = new InMemoryTimers();
  #sleepers: readonly Sleeper[] = [];

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

  set(timer: Timer): Promise<void> {
    return this.#timers.set(timer);
  }

  /** Has something called after so many milliseconds. */
  after(milliseconds: number, wake: () => Promise<void>): void {
    this.#sleepers = [...this.#sleepers, { atMs: this.#nowMs + milliseconds, wake }];
  }

  /** Takes what is due next, no later than `untilMs`, and moves the clock there; answers before timers. */
  next(untilMs: number): Due | undefined {
    const [sleeper] = this.#sleepers.toSorted((one, other) => one.atMs - other.atMs);
    const timerMs = Date.parse(this.#timers.next() ?? '');
    if (sleeper !== undefined && sleeper.atMs <= untilMs && !(timerMs < sleeper.atMs)) {
      this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
      this.moveTo(sleeper.atMs);
      return { wake: sleeper.wake };
    }
    // Without a timer, its time is not a number, and so not within anything.
    if (!(timerMs <= untilMs)) return undefined;
    this.moveTo(timerMs);
    return { timers: this.#timers.due(timerMs) };
  }

  /** Moves the clock, never back. */
  moveTo(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
  }
}
