import { describe, expect, it, onTestFinished } from 'vitest';
import { inMemoryMap } from '../state/kept-map.js';
import { handClock } from './clock.test.fixture.js';
import { openRates, type RateRule } from './rates.js';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

async function setUp(options: { readonly now?: number; readonly kept?: number; readonly rules?: RateRule[] } = {}) {
  const { now = START, kept, rules = [{ name: 'sweep', every: '5m' }] } = options;
  const clock = handClock(now);
  const minutes: number[] = [];
  const dueTimes = inMemoryMap<number>();
  if (kept !== undefined) await dueTimes.set('sweep', kept);
  const run = async () => void minutes.push((clock.now() - START) / MINUTE);
  const rates = await openRates({ rules, run, dueTimes, clock, log: () => undefined, random: () => 1 });
  onTestFinished(() => rates.stop());
  return { rates, clock, minutes, due: () => dueTimes.entries().get('sweep') };
}

describe('rules at a rate', () => {
  it('run for the first time when their interval is over, and then on', async () => {
    const { rates, clock, minutes } = await setUp();
    rates.start();

    await clock.pass(16 * MINUTE);

    expect(minutes).toEqual([5, 10, 15]);
  });

  it('do not run before they are started', async () => {
    const { clock, minutes } = await setUp();

    await clock.pass(16 * MINUTE);

    expect(minutes).toEqual([]);
  });

  it('run when they are due, however often the process is started in between', async () => {
    const { rates, clock, minutes } = await setUp({ now: START + 4 * MINUTE, kept: START + 5 * MINUTE });
    rates.start();

    await clock.pass(2 * MINUTE);

    expect(minutes).toEqual([5]);
  });

  it('run once, at once, for all the times that they missed, and then in step with them', async () => {
    const { rates, clock, minutes } = await setUp({ now: START + 33 * MINUTE, kept: START + 5 * MINUTE });
    rates.start();

    await clock.pass(4 * MINUTE);

    expect(minutes).toEqual([33, 35]);
  });

  it('run at their new rate at once when it is a faster one', async () => {
    const { rates, clock, minutes } = await setUp({ kept: START + 1_000 * MINUTE });
    rates.start();

    await clock.pass(5 * MINUTE);

    expect(minutes).toEqual([5]);
  });

  it('keep when they are next due, once they have run', async () => {
    const { rates, clock, due } = await setUp();
    rates.start();

    expect(due()).toBe(START + 5 * MINUTE);
    await clock.pass(5 * MINUTE);
    expect(due()).toBe(START + 10 * MINUTE);
  });
});
