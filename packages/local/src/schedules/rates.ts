import { type Clock, type Random, type Rate, rateMs } from '@everfold/core';
import type { KeptMap } from '../state/kept-map.js';
import { Alarms } from './alarms.js';

/** A rule that runs at a rate. */
export interface RateRule {
  /** The function's name. */
  readonly name: string;
  readonly every: Rate;
}

export interface RatesOptions {
  readonly rules: readonly RateRule[];
  /** Runs a rule; resolves once that is sure to happen. */
  readonly run: (name: string) => Promise<void>;
  /** When each rule is next due, milliseconds since 1970. */
  readonly dueTimes: KeptMap<number>;
  readonly log: (message: string, error?: unknown) => void;
  readonly clock: Clock;
  readonly random: Random;
}

/** Rules that run at a rate. */
export interface Rates {
  /** Begins to run what is due. */
  start(): void;
  /** Runs nothing any more; resolves when what is in hand is done. */
  stop(): Promise<void>;
}

/**
 * Runs rules at their rates, as EventBridge does: for the first time when their interval is over, and then on. What came
 * due while nobody was there is run once, at once.
 */
export async function openRates({ rules, run, dueTimes, clock, ...rest }: RatesOptions): Promise<Rates> {
  const intervals = new Map(rules.map(({ name, every }) => [name, rateMs(every)]));
  const ring = async (name: string) => {
    await run(name);
    const due = nextDue(dueTimes.entries().get(name), intervals.get(name) ?? 0, clock.now());
    await dueTimes.set(name, due);
    alarms.set(name, due);
  };
  const alarms = new Alarms({ ring, clock, ...rest });
  for (const [name, interval] of intervals) {
    const kept = dueTimes.entries().get(name);
    const first = clock.now() + interval;
    // Who runs more often than before need not wait for the time from before.
    const due = kept === undefined ? first : Math.min(kept, first);
    if (due !== kept) await dueTimes.set(name, due);
    alarms.set(name, due);
  }
  return { start: () => alarms.start(), stop: () => alarms.stop() };
}

/** The first time after now that is a number of intervals after the last one. */
function nextDue(last: number | undefined, interval: number, now: number): number {
  const missed = last === undefined ? 0 : Math.floor(Math.max(0, now - last) / interval);
  return (last ?? now) + (missed + 1) * interval;
}
