import { identityOf, parseTimer, type Timer, type Timers } from './timers.js';

/** Timers in virtual time: they come back when they are asked for. */
export class InMemoryTimers implements Timers {
  readonly #timers = new Map<string, Timer>();

  /** @throws InvalidTimerError when it is none. */
  async set(timer: Timer): Promise<void> {
    const parsed = parseTimer(timer);
    const identity = JSON.stringify(identityOf(parsed));
    if (!this.#timers.has(identity)) this.#timers.set(identity, parsed);
  }

  /**
   * Takes out those that are due, in the order of their times.
   *
   * @param now - Milliseconds since 1970.
   */
  due(now: number): Timer[] {
    const due = [...this.#timers].filter(([, { at }]) => Date.parse(at) <= now);
    for (const [identity] of due) this.#timers.delete(identity);
    return due.map(([, timer]) => timer).toSorted(byTime);
  }

  /** When the next one is due, as it was set; nothing when there is none. */
  next(): string | undefined {
    return [...this.#timers.values()].toSorted(byTime)[0]?.at;
  }
}

function byTime(one: Timer, other: Timer): number {
  return Date.parse(one.at) - Date.parse(other.at);
}
