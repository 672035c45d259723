import { beforeEach, describe, expect, it } from 'vitest';
import { all } from '../types.js';
import { withEarlier } from '../versions.js';
import {
  at,
  attempted,
  booking,
  byHand,
  fenced,
  MINUTE_MS,
  parked,
  START_MS,
  started,
  TrackedRuns,
} from './booking.test.fixture.js';

let runs: TrackedRuns;
beforeEach(() => {
  runs = new TrackedRuns();
});

async function statusOf(): Promise<string | undefined> {
  return (await runs.run())?.status;
}

describe('a run as it is tracked', () => {
  it('begins with the event that starts it', async () => {
    await runs.ask();

    expect(await runs.run()).toMatchObject({
      saga: 'booking',
      key: 't1',
      version: 2,
      status: 'running',
      startedAt: at(0),
      lastAt: at(0),
      start: { stream: 'order-t1', version: 1 },
      correlationId: 'request-1',
      due: at(5),
    });
  });

  it('has its steps as their ledgers have them, in the order of the definition', async () => {
    await runs.ask();
    await runs.later(1).enter('sleep', started(at(1441)));
    await runs.later(1).enter('hold', started(), attempted('run', at(3)), attempted('run', at(9), 'still no answer'));

    expect((await runs.run())?.steps).toEqual([
      {
        name: 'hold',
        by: 'airline',
        status: 'started',
        since: at(2),
        attempts: { work: 'run', failed: 2, next: at(9), error: { name: 'Error', message: 'still no answer' } },
        due: at(9),
      },
      { name: 'approve', by: 'office', status: 'empty' },
      { name: 'sleep', by: 'hotel', status: 'started', since: at(1), deadline: at(1441), due: at(1441) },
      { name: 'charge', by: 'payment', status: 'empty' },
      { name: 'issue', by: 'airline', status: 'empty' },
      { name: 'mail', by: 'post', status: 'empty' },
    ]);
  });

  it('forgets attempts with the work that they were at', async () => {
    await runs.enter('hold', started(), attempted('run', at(1)), 'SeatHeld', attempted('undo', at(9)));

    expect((await runs.run())?.steps[0]).toMatchObject({ status: 'ok', attempts: { work: 'undo', failed: 1 } });
  });

  it('waits while nothing but an answer from outside can go on', async () => {
    await runs.ask();
    await runs.enter('hold', 'SeatHeld');
    await runs.enter('sleep', started(at(1440)));
    expect(await statusOf()).toBe('waiting');

    await runs.enter('approve', started(at(4320)));
    expect(await statusOf()).toBe('waiting');

    await runs.enter('charge', started(at(15)));
    expect(await statusOf()).toBe('running');
  });

  it('is being taken back once a step failed, and says which, and why', async () => {
    await runs.ask();
    await runs.enter('charge', started(at(15)), fenced('timeout'));
    expect(await runs.run()).toMatchObject({ status: 'compensating' });

    await runs.later(1).enter('charge', 'CardDeclined');
    await runs.later(1).enter('hold', 'SeatHeld', 'SeatReleased');

    expect(await runs.run()).toMatchObject({ status: 'compensating', reason: 'charge: CardDeclined (timeout)' });
  });

  it('gives as the reason what came first, not what was given up because of it', async () => {
    await runs.enter('sleep', started(at(1440)), fenced('compensation'), 'HotelFull');
    await runs.later(1).enter('approve', started(at(4320)));
    await runs.later(1).enter('hold', 'SeatSoldOut');
    await runs.later(1).enter('approve', 'TripRefused');

    expect((await runs.run())?.reason).toBe('hold: SeatSoldOut');
  });

  it('is being taken back while its compensation is tried again', async () => {
    await runs.enter('issue', started(), 'TicketLost');
    await runs.enter('charge', started(at(15)), 'CardCharged', attempted('undo', at(1)));

    expect(await runs.run()).toMatchObject({ status: 'compensating', reason: 'issue: TicketLost' });
  });

  it('is being taken back when it was cancelled from outside, unless that came after the point of no return', async () => {
    await runs.ask();
    await runs.later(1).append('order-t1', [{ type: 'TripCalledOff', data: { tripId: 't1' } }]);
    expect(await runs.run()).toMatchObject({
      status: 'compensating',
      reason: 'TripCalledOff',
      cancel: { stream: 'order-t1', version: 2 },
      cancelledAt: at(1),
    });

    await runs.enter('issue', started(), 'TicketIssued');
    expect(await runs.run()).toMatchObject({ status: 'running', due: at(6) });
    expect(await runs.run()).not.toHaveProperty('reason');
  });

  it('is being taken back when another service was asked to take its work back, and says since when', async () => {
    await runs.ask();
    await runs.later(1).enter('sleep', 'HotelToCancel');
    expect(await runs.run()).toMatchObject({ status: 'compensating', due: at(6) });
    expect((await runs.run())?.steps[2]).toEqual({
      name: 'sleep',
      by: 'hotel',
      status: 'empty',
      asked: at(1),
      due: at(6),
    });

    await runs.later(1).enter('sleep', started(at(1442)));
    expect((await runs.run())?.steps[2]).toMatchObject({ status: 'started', asked: at(1), due: at(6) });
    expect((await runs.reader.gauges({ now: START_MS + 3 * MINUTE_MS })).open).toEqual({
      sleep: { count: 1, oldestMs: 2 * MINUTE_MS },
    });

    await runs.later(1).enter('sleep', 'HotelFull');
    expect((await runs.run())?.steps[2]).not.toHaveProperty('due');
  });

  it('is parked while one of its steps is, with the reason and since when, and due for nothing', async () => {
    await runs.ask();
    await runs.later(3).enter('charge', started(at(15)), 'CardCharged', parked('undo', 'its undo failed 5 times: no'));

    expect(await runs.run()).toMatchObject({ status: 'parked', reason: 'charge: its undo failed 5 times: no' });
    expect(await runs.run()).not.toHaveProperty('due');
    expect((await runs.run())?.steps[3]).toMatchObject({ parked: { work: 'undo', since: at(3) } });

    await runs.later(4).enter('charge', byHand('$resumed'));
    const resumed = await runs.run();
    expect(resumed).toMatchObject({ status: 'compensating', due: at(7) });
    expect(resumed?.steps[3]).toMatchObject({ status: 'ok', attempts: { work: 'undo', failed: 0, next: at(7) } });
    expect(resumed?.steps[3]).not.toHaveProperty('parked');
  });

  it('goes on with what somebody said that it came to', async () => {
    await runs.ask();
    await runs.enter('sleep', started(at(1440)), parked('run', 'no answer came'));
    await runs.later(9).enter('sleep', byHand('$resolved'), 'HotelFull');

    expect(await runs.run()).toMatchObject({ status: 'compensating', reason: 'sleep: HotelFull' });
  });

  it.each([
    ['TripBooked', 'completed'],
    ['TripCancelled', 'cancelled'],
  ])('has ended with %s', async (type, status) => {
    await runs.ask();
    await runs.later(2).end(type);

    const run = await runs.run();
    expect(run).toMatchObject({ status, endedAt: at(2) });
    expect(run).not.toHaveProperty('due');
  });

  it('keeps the reason of a cancellation', async () => {
    await runs.enter('hold', 'SeatSoldOut');
    await runs.end('TripCancelled');

    expect(await runs.run()).toMatchObject({ status: 'cancelled', reason: 'hold: SeatSoldOut' });
  });

  it('cuts long messages short, between characters', async () => {
    await runs.enter('hold', started(), attempted('run', at(1), '🙂'.repeat(500)), parked('run', 'x'.repeat(500)));

    const step = (await runs.run())?.steps[0];
    expect(step?.attempts?.error.message).toBe(`${'🙂'.repeat(149)}…`);
    expect(step?.parked?.reason).toHaveLength(300);
  });

  it('counts the first of two starts, whichever is seen first', async () => {
    const later = await runs.later(1).append('mirror-t1', [{ type: 'TripAsked', data: { tripId: 't1', cents: 5 } }]);
    runs.later(-1);
    const first = await runs.ask();
    await runs.track([later]);
    await runs.track([first]);

    expect(await runs.reader.get('t1')).toMatchObject({
      startedAt: at(0),
      start: { stream: 'order-t1' },
      lastAt: at(1),
    });
  });

  it('is no run where another stream or another saga has events of the same names', async () => {
    await runs.append('handled.mail-01JB.0', [{ type: '$handled', data: {} }]);
    await runs.append('other.hold-t1', [started(), { type: 'SeatHeld', data: { tripId: 't1' } }]);
    await runs.append('booking.hold-t2', [{ type: '$deleted', data: {} }]);

    expect(await runs.run()).toBeUndefined();
    expect(await runs.run('t2')).toBeUndefined();
  });

  it('is held back at an entry that cannot follow in its ledger', async () => {
    await runs.enter('hold', 'SeatHeld', 'SeatSoldOut');

    await expect(runs.track()).rejects.toMatchObject({ code: 'STREAM_CORRUPTED', stream: 'booking.hold-t1' });
  });
});

describe('by when something must have happened', () => {
  it('is by the deadline, where somebody is waited for', async () => {
    await runs.ask();
    await runs.enter('hold', 'SeatHeld');
    await runs.enter('approve', started(at(4320)));
    await runs.enter('sleep', started(at(1440)));

    expect((await runs.run())?.due).toBe(at(1440));
  });

  it('is by the next attempt, where one failed', async () => {
    await runs.enter('sleep', started(at(1440)));
    await runs.enter('hold', started(), attempted('run', at(17)));

    expect((await runs.run())?.due).toBe(at(17));
  });

  it('is soon, where a step is at work: it may have died over it; and not after its deadline', async () => {
    await runs.enter('charge', started(at(15)));
    expect((await runs.run())?.due).toBe(at(5));

    runs = new TrackedRuns(booking, { grace: '1h' });
    await runs.enter('charge', started(at(15)));
    expect((await runs.run())?.due).toBe(at(15));
  });

  it('is soon, where an event is on its way, whoever else is waited for', async () => {
    await runs.ask();
    await runs.enter('approve', started(at(4320)));
    await runs.later(2).enter('hold', 'SeatHeld');

    // The hotel has not begun.
    expect((await runs.run())?.due).toBe(at(7));

    await runs.enter('sleep', started(at(1440)));
    expect((await runs.run())?.due).toBe(at(1440));
    await runs.enter('sleep', 'HotelBooked');
    await runs.enter('approve', 'TripApproved');
    expect((await runs.run())?.due).toBe(at(7));
  });

  it('is soon, where it is taken back', async () => {
    await runs.enter('sleep', started(at(1440)));
    await runs.enter('hold', 'SeatSoldOut');

    expect((await runs.run())?.due).toBe(at(5));
  });

  it('is on the full minute, so that events shortly after one another do not move the run in its listing', async () => {
    await runs.later(0.1).ask();
    expect((await runs.run())?.due).toBe(at(6));

    await runs.later(0.8).enter('hold', 'SeatHeld');
    expect((await runs.run())?.due).toBe(at(6));
  });

  it('is not later than the time within which the saga should have ended', async () => {
    await runs.ask();
    await runs.enter('hold', 'SeatHeld');
    await runs.enter('sleep', started(at(9 * 1440 + 600)));

    expect((await runs.run())?.due).toBe(at(9 * 1440));
  });
});

describe('the versions of a saga', () => {
  /** Before, a trip was charged without having been approved, and its seats were held elsewhere. */
  const before = {
    ...booking,
    version: 1,
    steps: booking.steps
      .filter(({ name }) => name !== 'approve')
      .map((step) => {
        if (step.name === 'hold') return { ...step, ledger: 'seats' };
        return step.name === 'charge' ? { ...step, on: all('SeatHeld', 'HotelBooked').all } : step;
      }),
  };

  it('are tracked by one tracker, each run by the definition that it was begun under', async () => {
    const old = new TrackedRuns(before);
    await old.ask();
    await old.enter('hold', 'SeatHeld');
    const both = withEarlier(booking, before);
    runs = new TrackedRuns(both);
    await runs.ask('t2');
    await runs.enterFor('t2', 'hold', 'SeatHeld');
    for (const { stream, events, metadata } of old.commits) await runs.append(stream, events, metadata);

    expect((await runs.run('t1'))?.steps.map(({ name, status }) => `${name} ${status}`).slice(0, 2)).toEqual([
      'hold ok',
      'sleep empty',
    ]);
    expect(await runs.run('t1')).toMatchObject({ version: 1 });
    expect(await runs.run('t2')).toMatchObject({ version: 2 });
    expect((await runs.run('t2'))?.steps).toHaveLength(6);
  });

  it.each([
    [0, 1],
    [1, 0],
  ])('give a run the later one, should its events differ in it, seen in the order %i, %i', async (first, second) => {
    runs = new TrackedRuns(withEarlier(booking, before));
    const metadata = { correlationId: 'c', causationId: 'c', saga: 'booking' };
    await runs.ask('t1', { ...metadata, sagaVersion: 1 });
    await runs.append('booking.hold-t1', [{ type: 'SeatHeld', data: { tripId: 't1' } }], {
      ...metadata,
      sagaVersion: 2,
    });
    for (const index of [first, second]) await runs.track(runs.commits.slice(index, index + 1));

    expect(await runs.reader.get('t1')).toMatchObject({ version: 2 });
  });

  it('are cancelled by one that says nothing of a version, though the earliest knows no cancellation', async () => {
    const { cancel: _none, ...without } = before;
    runs = new TrackedRuns(withEarlier(booking, without));
    await runs.ask();
    await runs.append('order-t1', [{ type: 'TripCalledOff', data: { tripId: 't1' } }], {
      correlationId: 'c',
      causationId: 'c',
    });

    expect(await runs.run()).toMatchObject({ version: 2, status: 'compensating', reason: 'TripCalledOff' });
  });

  it('that are long over are left out, and those that are still to come hold their streams back', async () => {
    const metadata = { correlationId: 'c', causationId: 'c', saga: 'booking' };
    await runs.ask('t1', { ...metadata, sagaVersion: 1 });
    expect(await runs.run('t1')).toBeUndefined();

    await runs.ask('t3', { ...metadata, sagaVersion: 3 });
    await expect(runs.track()).rejects.toMatchObject({ code: 'UNKNOWN_SAGA_VERSION' });
  });
});
