import { describe, expect, it } from 'vitest';
import { Alarms } from './alarms.js';
import { handClock, settle } from './clock.test.fixture.js';

const START = Date.UTC(2026, 0, 1);

/** Alarms that note when they ring, in seconds since the start. */
function setUp(failures = 0) {
  const clock = handClock(START);
  const rung: [name: string, second: number][] = [];
  const logged: string[] = [];
  let left = failures;
  const ring = async (name: string) => {
    rung.push([name, (clock.now() - START) / 1000]);
    if (left-- > 0) throw new TypeError('not now');
  };
  const alarms = new Alarms({ ring, log: (message) => logged.push(message), clock, random: () => 1 });
  const set = (name: string, second: number) => alarms.set(name, START + second * 1000);
  return { alarms, set, clock, rung, logged };
}

/** Alarms whose last call ends when the test says so. */
function setUpByHand() {
  const clock = handClock(START);
  const rung: string[] = [];
  const logged: string[] = [];
  let end = { finish: () => {}, fail: () => {} };
  const ring = (name: string) =>
    new Promise<void>((finish, reject) => {
      rung.push(name);
      end = { finish, fail: () => reject(new TypeError('not now')) };
    });
  const alarms = new Alarms({ ring, log: (message) => logged.push(message), clock, random: () => 1 });
  return { alarms, clock, rung, logged, finish: () => end.finish(), fail: () => end.fail() };
}

describe('alarms', () => {
  it('ring at their times, once', async () => {
    const { alarms, set, clock, rung } = setUp();
    alarms.start();
    set('b', 2.5);
    set('a', 1);
    set('c', 100);

    await clock.pass(99_999);
    expect(rung).toEqual([
      ['a', 1],
      ['b', 2.5],
    ]);

    await clock.pass(10_000);
    expect(rung.slice(2)).toEqual([['c', 100]]);
  });

  it('do not ring before they are started, and then at once where they are late', async () => {
    const { alarms, set, clock, rung } = setUp();
    set('late', -10);
    set('due', 1);
    await clock.pass(1_000);
    expect(rung).toEqual([]);

    alarms.start();
    await settle();

    expect(rung).toEqual([
      ['late', 1],
      ['due', 1],
    ]);
  });

  it('ring at their times also when they are set while another is waited for', async () => {
    const { alarms, set, clock, rung } = setUp();
    alarms.start();
    set('far', 3_600);
    await clock.pass(500);
    set('near', 0.75);

    await clock.pass(250);

    expect(rung).toEqual([['near', 0.75]]);
  });

  it('ring at the last time that they were set for, and not when they were cleared', async () => {
    const { alarms, set, clock, rung } = setUp();
    alarms.start();
    set('moved', 1);
    set('moved', 5);
    set('cleared', 2);
    alarms.clear('cleared');

    await clock.pass(60_000);

    expect(rung).toEqual([['moved', 5]]);
  });

  it('cost nothing while there is none', async () => {
    const { alarms, clock } = setUp();

    alarms.start();
    await settle();

    expect(clock.waits()).toEqual([]);
  });

  it('are never waited for longer than a second, so that a wait can end and fits a timer of Node', async () => {
    const { alarms, set, clock } = setUp();
    alarms.start();
    set('next year', 365 * 86_400);

    await settle();

    expect(clock.waits()).toEqual([1_000]);
  });

  it('ring again, after growing waits, when what they are for fails', async () => {
    const { alarms, set, clock, rung, logged } = setUp(3);
    alarms.start();
    set('a', 1);

    await clock.pass(60_000);

    expect(rung).toEqual([
      ['a', 1],
      ['a', 1.1],
      ['a', 1.3],
      ['a', 1.7],
    ]);
    expect(logged).toHaveLength(3);
    expect(logged[0]).toContain('"a"');
  });

  it('keep the time that they were set for anew while what they are for failed', async () => {
    const { alarms, clock, rung, fail } = setUpByHand();
    alarms.set('a', START);
    alarms.start();
    await settle();

    alarms.set('a', START + 5_000);
    fail();
    await clock.pass(4_999);
    expect(rung).toEqual(['a']);

    await clock.pass(1);
    expect(rung).toEqual(['a', 'a']);
  });

  it('promise no further attempt once they are stopped', async () => {
    const { alarms, logged, fail } = setUpByHand();
    alarms.set('a', START);
    alarms.start();
    await settle();

    const stopped = alarms.stop();
    fail();
    await stopped;

    expect(logged).toEqual([]);
  });

  it('wait, when they are stopped, for what is in hand, and ring no more', async () => {
    const { alarms, clock, rung, finish } = setUpByHand();
    alarms.set('a', START);
    alarms.set('b', START + 1_000);
    alarms.start();
    await settle();

    let isStopped = false;
    const stopped = alarms.stop().then(() => {
      isStopped = true;
    });
    await clock.pass(5_000);
    expect({ rung, isStopped }).toEqual({ rung: ['a'], isStopped: false });

    finish();
    await stopped;
    expect(rung).toEqual(['a']);
  });
});
