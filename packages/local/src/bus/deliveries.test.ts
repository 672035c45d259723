import { describe, expect, it } from 'vitest';
import type { DeadLetters } from '../dead-letters.js';
import { eagerClock, failing, placed, recorder, startBus } from './bus.test.fixture.js';
import type { BusRule } from './bus-rule.js';
import type { BusJournal } from './journal.js';
import { journalPath, openJournal } from './journal.test.fixture.js';

describe('a function that fails', () => {
  it('is called again, as the same request, until it succeeds', async () => {
    const { rule, requestIds } = failing(2);
    const { bus, letters } = startBus([rule]);

    await bus.putEvents({ Entries: [placed] });
    await bus.idle();

    expect(requestIds).toHaveLength(3);
    expect(new Set(requestIds).size).toBe(1);
    expect(letters.written).toEqual([]);
    expect(bus.counts).toEqual({ published: 1, matched: 1, delivered: 1, retried: 2, dead: 0 });
  });

  it('is called after waits that double and are cut short by chance', async () => {
    const { rule } = failing(4);
    const clock = eagerClock(0);
    const waits: number[] = [];
    const sleep = (milliseconds: number) => {
      waits.push(milliseconds);
      return clock.sleep(milliseconds);
    };
    const { bus } = startBus([rule], { clock: { ...clock, sleep }, backoff: { firstMs: 100, longestMs: 300 } });

    await bus.putEvents({ Entries: [placed] });
    await bus.idle();

    expect(waits).toEqual([50, 100, 150, 150]);
  });

  it('is given up after its retries: the event goes to the dead letters', async () => {
    const { rule, requestIds } = failing(Number.POSITIVE_INFINITY, 2);
    const { bus, letters } = startBus([rule], { backoff: { firstMs: 100, longestMs: 1000 } });

    await bus.putEvents({ Entries: [placed] });
    await bus.idle();

    expect(requestIds).toHaveLength(3);
    expect(letters.written).toEqual([
      {
        at: '2026-01-02T03:04:05.828Z',
        function: 'charge',
        source: 'bus',
        reason: 'TypeError: no card 3',
        attempts: 3,
        payload: expect.objectContaining({ 'detail-type': 'OrderPlaced', detail: { orderId: '1' } }),
      },
    ]);
    expect(bus.counts).toEqual({ published: 1, matched: 1, delivered: 0, retried: 2, dead: 1 });
  });

  it('is tried 11 times by default', async () => {
    const { rule, requestIds } = failing(Number.POSITIVE_INFINITY);
    const { bus } = startBus([rule]);

    await bus.putEvents({ Entries: [placed] });
    await bus.idle();

    expect(requestIds).toHaveLength(11);
  });

  it('does not hold up the others, even when it throws at once', async () => {
    const orders = recorder('orders');
    const thrower: BusRule = {
      name: 'thrower',
      pattern: { source: ['order'] },
      handler: () => {
        throw new Error('not even a promise');
      },
      retries: 0,
    };
    const { bus, letters } = startBus([thrower, orders.rule]);

    await bus.putEvents({ Entries: [placed] });
    await bus.idle();

    expect(orders.events).toHaveLength(1);
    expect(letters.written[0]?.reason).toBe('Error: not even a promise');
  });

  it('leaves a message in the log when not even the dead letters take its event', async () => {
    const { rule } = failing(Number.POSITIVE_INFINITY, 0);
    const full: DeadLetters = { write: () => Promise.reject(new Error('disk full')) };
    const { bus, logged } = startBus([rule], { deadLetters: full });

    await bus.putEvents({ Entries: [placed] });
    await bus.idle();

    expect(logged).toEqual([expect.stringContaining('for "charge" is lost')]);
  });
});

describe('a bus with a journal in a file', () => {
  it('answers a publisher once its events are in the journal', async () => {
    const path = await journalPath();
    const never: BusRule = {
      name: 'reserve',
      pattern: { source: ['order'] },
      handler: () => new Promise(() => undefined),
    };
    const { bus } = startBus([never], { journal: await openJournal({ path }) });

    await bus.putEvents({ Entries: [placed, { ...placed, Source: 'nobody' }] });

    // A killed process could do no more than this.
    expect((await openJournal({ path })).left()).toMatchObject([
      { functionName: 'reserve', event: { detail: { orderId: '1' } } },
    ]);
  });

  it('publishes nothing that the journal does not take', async () => {
    const orders = recorder('orders');
    const full: BusJournal = {
      isDurable: true,
      left: () => [],
      accept: () => Promise.reject(new Error('disk full')),
      finish: () => Promise.resolve(),
    };
    const { bus } = startBus([orders.rule], { journal: full });

    await expect(bus.putEvents({ Entries: [placed] })).rejects.toThrow('disk full');

    await bus.idle();
    expect(orders.events).toEqual([]);
  });

  it('has the next one take up what was under way, and nothing that is done', async () => {
    const path = await journalPath();
    const first = startBus([recorder('notify').rule, { ...failing(Number.POSITIVE_INFINITY).rule, name: 'reserve' }], {
      journal: await openJournal({ path }),
      clock: { now: () => 0, sleep: () => new Promise(() => undefined) },
    });
    await first.bus.putEvents({ Entries: [placed] });
    await expect.poll(() => first.bus.counts.delivered).toBe(1);
    await first.bus.stop();
    expect(first.letters.written).toEqual([]);

    const [notify, reserve] = [recorder('notify'), recorder('reserve')];
    const journal = await openJournal({ path });
    const second = startBus([notify.rule, reserve.rule], { journal });
    const resumed = second.bus.resume();
    await second.bus.idle();

    expect(resumed).toBe(1);
    expect(notify.events).toEqual([]);
    expect(reserve.events).toMatchObject([{ 'detail-type': 'OrderPlaced', detail: { orderId: '1' } }]);
    await journal.close();
    expect((await openJournal({ path })).left()).toEqual([]);
  });

  it('gives to the dead letters what was for a function that is not there any more', async () => {
    const path = await journalPath();
    const first = startBus([failing(Number.POSITIVE_INFINITY).rule], {
      journal: await openJournal({ path }),
      clock: { now: () => 0, sleep: () => new Promise(() => undefined) },
    });
    await first.bus.putEvents({ Entries: [placed] });
    await first.bus.stop();

    const second = startBus([], { journal: await openJournal({ path }) });
    second.bus.resume();
    await second.bus.idle();

    expect(second.letters.written).toMatchObject([
      { function: 'charge', attempts: 1, reason: expect.stringContaining('There is no function "charge" any more.') },
    ]);
    expect((await openJournal({ path })).left()).toEqual([]);
  });

  it('keeps what not even the dead letters take', async () => {
    const path = await journalPath();
    const { rule } = failing(Number.POSITIVE_INFINITY, 0);
    const deadLetters: DeadLetters = { write: () => Promise.reject(new Error('disk full')) };
    const { bus, logged } = startBus([rule], { deadLetters, journal: await openJournal({ path }) });

    await bus.putEvents({ Entries: [placed] });
    await bus.idle();

    expect(logged).toEqual([expect.stringContaining('for "charge" waits for the next start')]);
    expect((await openJournal({ path })).left()).toMatchObject([{ functionName: 'charge' }]);
  });
});
