import { type Backoff, type Clock, jitteredDelay, type Random } from '@everfold/core';

export interface AlarmsOptions {
  /** What to do when a time has come. When it rejects, it is called again after a while. */
  readonly ring: (name: string) => Promise<void>;
  /** Hears of a call that failed. */
  readonly log: (message: string, error?: unknown) => void;
  readonly clock: Clock;
  readonly random: Random;
}

/** Something that is to ring. */
interface Alarm {
  readonly due: number;
  /** How often ringing has failed. */
  readonly failures: number;
}

/** A clock cannot be interrupted, and Node cannot wait for more than 24 days: waits are cut up, milliseconds. */
const SLICE_MS = 1_000;

const BACKOFF: Backoff = { firstMs: 100, longestMs: 5_000 };

/**
 * Calls back when times come, each of them once for each time that it is set. What is due already is called at once.
 * Nothing is called before {@link Alarms.start}.
 */
export class Alarms {
  readonly #options: AlarmsOptions;
  readonly #alarms = new Map<string, Alarm>();
  readonly #ringing = new Set<Promise<void>>();
  #state: 'new' | 'runs' | 'stopped' = 'new';
  /** Until when the loop sleeps, if nobody wakes it. */
  #sleepsUntil = Number.NEGATIVE_INFINITY;
  #wake: () => void = () => undefined;

  constructor(options: AlarmsOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'runs';
    void this.#run();
  }

  /** @param due - Milliseconds since 1970. It replaces what was set under that name. */
  set(name: string, due: number): void {
    this.#set(name, { due, failures: 0 });
  }

  clear(name: string): void {
    this.#alarms.delete(name);
  }

  /** Calls nothing any more, and resolves when the calls that run are over. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#wake();
    while (this.#ringing.size > 0) await Promise.all(this.#ringing);
  }

  async #run(): Promise<void> {
    while (this.#state === 'runs') {
      const now = this.#options.clock.now();
      let next = Number.POSITIVE_INFINITY;
      for (const [name, alarm] of this.#alarms) {
        if (alarm.due <= now) this.#ring(name, alarm);
        else next = Math.min(next, alarm.due);
      }
      await this.#sleepUntil(next, now);
    }
  }

  async #sleepUntil(next: number, now: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (next === Number.POSITIVE_INFINITY) {
      this.#sleepsUntil = next;
      await woken;
      return;
    }
    const slice = Math.min(next - now, SLICE_MS);
    this.#sleepsUntil = now + slice;
    await Promise.race([this.#options.clock.sleep(slice), woken]);
  }

  #set(name: string, alarm: Alarm): void {
    this.#alarms.set(name, alarm);
    if (alarm.due < this.#sleepsUntil) this.#wake();
  }

  #ring(name: string, { failures }: Alarm): void {
    this.#alarms.delete(name);
    const { ring, log, clock, random } = this.#options;
    const ringing = ring(name)
      .catch((error: unknown) => {
        if (this.#state === 'stopped') return;
        log(`"${name}" was due, and failed. It is tried again.`, error);
        const again = { due: clock.now() + jitteredDelay(failures + 1, BACKOFF, random), failures: failures + 1 };
        // Whoever set it anew meanwhile knows better.
        if (!this.#alarms.has(name)) this.#set(name, again);
      })
      .finally(() => this.#ringing.delete(ringing));
    this.#ringing.add(ringing);
  }
}
