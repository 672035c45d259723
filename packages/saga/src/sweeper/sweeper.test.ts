import { beforeEach, describe, expect, it } from 'vitest';
import { at, attempted, MINUTE_MS, parked, START_MS, started, TrackedRuns } from '../tracker/booking.test.fixture.js';
import { fakeBus, type Refuse } from './fake-bus.test.fixture.js';
import type { Sweep } from './sweep.js';
import { createSweeper, type Sweeper, type SweeperOptions } from './sweeper.js';

let runs: TrackedRuns;
let reports: Sweep[];
beforeEach(() => {
  runs = new TrackedRuns();
  reports = [];
});

/** Runs the sweeper so many minutes after the beginning, once the tracker has seen everything. */
async function sweptAt(minutes: number, options: Partial<SweeperOptions> = {}, refuse?: Refuse) {
  await runs.track();
  const { bus, sent, requests } = fakeBus(refuse);
  const { saga, reader, store, clock } = runs;
  const sweep = createSweeper(saga, {
    reader,
    store,
    bus,
    clock,
    onSwept: (report) => reports.push(report),
    ...options,
  });
  const result = await sweep({ time: at(minutes) });
  return { ...result, sent: sent(), requests };
}

/** Everything that leads to the charge has happened. */
async function untilCharge(key = 't1') {
  await runs.ask(key);
  await runs.enterFor(key, 'hold', 'SeatHeld');
  await runs.enterFor(key, 'approve', started(at(4320)), 'TripApproved');
  await runs.enterFor(key, 'sleep', started(at(1440)), 'HotelBooked');
}

describe('a step that did not go on', () => {
  it.each([
    ['its deadline', 'approve', [started(at(30))], 30],
    ['its next attempt', 'charge', [started(at(999)), attempted('run', at(20))], 20],
    [
      'the next attempt at its compensation',
      'charge',
      [started(at(999)), 'CardCharged', attempted('undo', at(20))],
      20,
    ],
    ['the time that work takes', 'charge', [started(at(999))], 5],
  ])('is given its timer again once %s is past', async (_what, step, entries, due) => {
    await runs.enter(step, ...entries);

    expect((await sweptAt(due)).sent).toEqual([]);
    const { sent, requests } = await sweptAt(due + 1);

    expect(sent.filter((each) => each.includes('/'))).toEqual([`booking/${step}/t1`]);
    expect(requests.flat().find(({ DetailType }) => DetailType === 'SagaTimer')).toEqual({
      EventBusName: 'orders',
      Source: 'shop',
      DetailType: 'SagaTimer',
      Detail: JSON.stringify({ saga: 'booking', step, key: 't1', at: at(due + 1) }),
    });
  });

  it('costs no read of the store, where nothing else is missing', async () => {
    await untilCharge();
    await runs.enter('charge', started(at(15)));
    const store = { read: () => expect.unreachable() };

    expect(await sweptAt(6, { store })).toMatchObject({
      sent: ['booking/charge/t1'],
      runs: [{ key: 't1', status: 'running', due: at(5), timers: ['charge'], events: [] }],
    });
  });
});

describe('an event that did not have its effect', () => {
  it('is the start, where nothing else happened', async () => {
    await runs.ask();

    expect((await sweptAt(6)).sent).toEqual(['TripAsked']);
  });

  it('is found where it stands, in the midst of its stream and of its commit', async () => {
    const other = { type: 'Noted', data: {} };
    await runs.append('order-t1', [other]);
    await runs.append('order-t1', [other, { type: 'TripAsked', data: { tripId: 't1', cents: 5 } }, other]);
    await runs.append('order-t1', [other]);

    const { sent, requests } = await sweptAt(6);

    expect(sent).toEqual(['TripAsked']);
    expect(JSON.parse(requests[0]?.[0]?.Detail ?? '')).toMatchObject({
      stream: 'order-t1',
      version: 3,
      data: { cents: 5 },
    });
  });

  it('is what triggers the step that has not begun, and nothing that has had its effect', async () => {
    await runs.ask();
    await runs.enter('hold', 'SeatHeld');
    await runs.enter('approve', started(at(4320)), 'TripApproved');
    expect((await sweptAt(6)).sent).toEqual(['TripAsked']);

    await runs.enter('sleep', started(at(1440)), 'HotelBooked');
    expect((await sweptAt(6)).sent).toEqual(['SeatHeld', 'TripApproved', 'HotelBooked']);
  });

  it('is told although another step waits for days', async () => {
    await runs.ask();
    await runs.enter('hold', 'SeatHeld');
    await runs.enter('approve', started(at(4320)));

    expect((await sweptAt(6)).sent).toEqual(['TripAsked']);
  });

  it('is the last success, where only the end is missing', async () => {
    await untilCharge();
    await runs.enter('charge', started(at(15)), 'CardCharged');
    await runs.enter('issue', started(), 'TicketIssued');
    await runs.enter('mail', started(), 'MailSent');

    expect((await sweptAt(6)).sent).toEqual(['MailSent']);
  });

  it('is each failure and compensation, where the run is taken back', async () => {
    await untilCharge();
    await runs.enter('charge', started(at(15)), 'CardDeclined');
    await runs.enter('hold', 'SeatReleased');

    expect((await sweptAt(6)).sent).toEqual(['SeatReleased', 'CardDeclined']);
  });

  it.each([
    ['had not begun', []],
    ['is at work', [started(at(1440))]],
    ['has done its work', [started(at(1440)), 'HotelBooked']],
  ])('is what asks another service that %s to take its work back, until that answers', async (_what, before) => {
    await runs.ask();
    await runs.later(3).enter('hold', 'SeatSoldOut');
    runs.later(4);
    for (const entry of [...before, 'HotelToCancel']) await runs.enter('sleep', entry);
    // Nobody else's doing puts it off.
    await runs.later(3).enter('approve', { type: '$tombstoned', data: { cause: '01JB.0' } });
    expect((await sweptAt(12)).sent).toEqual([]);

    expect((await sweptAt(13)).sent).toEqual(['SeatSoldOut', 'HotelToCancel']);

    await runs.enter('sleep', 'HotelCancelled');
    expect((await sweptAt(19)).sent).toEqual(['SeatSoldOut', 'HotelCancelled']);
  });

  it('comes with its deadline’s timer, where a service was asked and that is past', async () => {
    await runs.ask();
    await runs.enter('sleep', started(at(7)));
    await runs.later(6).enter('sleep', 'HotelToCancel');

    expect((await sweptAt(8)).sent).toEqual(['HotelToCancel', 'booking/sleep/t1']);
  });

  it('is the cancellation from outside, where that is what nobody heard of', async () => {
    await runs.append('order-t1', [
      { type: 'TripAsked', data: { tripId: 't1', cents: 5 } },
      { type: 'TripCalledOff', data: { tripId: 't1' } },
    ]);

    expect((await sweptAt(6)).sent).toEqual(['TripAsked', 'TripCalledOff']);
  });

  it('comes with its compensation’s timer, where both may be missing', async () => {
    await runs.enter('issue', started(), 'TicketLost');
    await runs.enter('charge', started(at(15)), 'CardCharged', attempted('undo', at(2)));

    expect((await sweptAt(3)).sent).toEqual(['TicketLost', 'booking/charge/t1']);
  });

  it('is every outcome, where nothing in particular is missing', async () => {
    await runs.ask();
    await runs.enter('sleep', started(at(20_000)));
    await runs.enter('hold', 'SeatHeld');
    await runs.enter('approve', started(at(20_000)));

    // Nine days are over, within which the saga should have ended.
    expect((await sweptAt(9 * 1440 + 1)).sent).toEqual(['TripAsked', 'SeatHeld']);
  });
});

describe('a run that is left alone', () => {
  it('waits for somebody to look into it', async () => {
    await runs.ask();
    await runs.enter('hold', started(), parked('run'));

    expect((await sweptAt(6)).sent).toEqual([]);
  });

  it('has ended', async () => {
    await runs.ask();
    await runs.end('TripBooked');

    expect(await sweptAt(6)).toMatchObject({ sent: [], runs: [] });
    expect(reports).toEqual([]);
  });

  it('was swept a while ago, and its next turn has not come', async () => {
    await runs.ask();

    const swept: number[] = [];
    for (let minute = 5; minute < 40; minute++) if ((await sweptAt(minute)).sent.length > 0) swept.push(minute - 5);

    expect(swept).toEqual([1, 2, 4, 8, 16, 32]);
  });

  it('is unknown to the tracker, until its stream goes on', async () => {
    await runs.ask();
    runs.commits.splice(0);
    expect((await sweptAt(6)).sent).toEqual([]);

    await runs.append('order-t1', [{ type: 'Noted', data: {} }]);
    expect((await sweptAt(6)).sent).toEqual([]);
    await runs.append('order-t1', [{ type: 'TripCalledOff', data: { tripId: 't1' } }]);
    expect((await sweptAt(6)).sent).toEqual(['TripCalledOff']);
  });
});

describe('a call', () => {
  async function manyRuns(count: number) {
    for (let index = 0; index < count; index++) await runs.ask(`t${String(index).padStart(3, '0')}`);
  }

  it('sweeps what is stuck, page by page, ten events to a request', async () => {
    await manyRuns(230);

    const { runs: swept, requests, isComplete } = await sweptAt(6);

    expect(new Set(swept.map(({ key }) => key)).size).toBe(230);
    expect(isComplete).toBe(true);
    expect(requests).toHaveLength(10 + 10 + 3);
  });

  it('takes no more than its limit, and says so; the next turn begins at the other end', async () => {
    await manyRuns(7);

    const first = await sweptAt(6, { limit: 3 });
    const second = await sweptAt(7, { limit: 3 });

    expect(first).toMatchObject({ isComplete: false, runs: [{ key: 't000' }, { key: 't001' }, { key: 't002' }] });
    expect(second).toMatchObject({ isComplete: false, runs: [{ key: 't006' }, { key: 't005' }, { key: 't004' }] });
    expect((await sweptAt(6, { limit: 7 })).isComplete).toBe(true);
  });

  it('asks once where nothing is stuck, and reads only those whose turn it is', async () => {
    const asked: unknown[] = [];
    const watched = (): SweeperOptions['reader'] => {
      const { reader } = runs;
      return {
        stuck: async (request) => {
          const page = await reader.stuck(request);
          asked.push(page.runs.length);
          return page;
        },
      };
    };
    await sweptAt(6, { reader: watched() });
    expect(asked.splice(0)).toEqual([0]);

    // Due after 5, 6, … 14 minutes.
    for (let index = 0; index < 10; index++) {
      await runs.ask(`t${index}`);
      runs.later(1);
    }
    await sweptAt(14, { reader: watched() });
    expect(asked).toEqual([1, 1, 1, 1, 1]);
  });

  it('goes by the time for which it was scheduled, and by the clock where it has none', async () => {
    await runs.ask();
    await runs.track();
    runs.nowMs = START_MS + 6 * MINUTE_MS;
    const { bus, sent } = fakeBus();
    const { saga, reader, store, clock } = runs;
    const sweep: Sweeper = createSweeper(saga, { reader, store, bus, clock, onSwept: () => undefined });

    await sweep({ time: at(3) });
    expect(sent()).toEqual([]);
    await sweep({});
    expect(sent()).toEqual(['TripAsked']);
  });

  it('sweeps the others where one cannot be, and then throws', async () => {
    await manyRuns(2);
    await runs.enterFor('t2', 'charge', started(at(15)));
    await runs.enterFor('t3', 'charge', started(at(15)));
    const refused = (entry: Parameters<Refuse>[0]) =>
      /"t001"|"t2"/.test(entry.Detail ?? '') ? 'AccessDeniedException' : undefined;

    await expect(sweptAt(6, {}, refused)).rejects.toMatchObject({
      code: 'SWEEP_INCOMPLETE',
      retryable: true,
      failed: [
        { key: 't001', reason: expect.stringContaining('AccessDeniedException') },
        { key: 't2', reason: 'AccessDeniedException: refused' },
      ],
    });
    expect(reports).toMatchObject([{ saga: 'booking', runs: [{}, {}, {}, {}] }]);
  });

  it('sweeps the others where the store cannot be read for one', async () => {
    await manyRuns(2);
    const { store } = runs;
    const failing: SweeperOptions['store'] = {
      read: (stream, range) => {
        if (stream === 'order-t000') throw new Error('no answer');
        return store.read(stream, range);
      },
    };

    await expect(sweptAt(6, { store: failing })).rejects.toMatchObject({
      failed: [{ key: 't000', reason: 'no answer' }],
    });
    expect(reports[0]?.runs.map(({ key, events }) => [key, ...events])).toEqual([['t000'], ['t001', 'TripAsked']]);
  });

  it.each([
    ['limit', { limit: 0 }],
    ['limit', { limit: 1.5 }],
    ['every', { every: '0m' as const }],
  ])('is refused with a wrong %s', async (name, options) => {
    await expect(sweptAt(6, options)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(name),
    });
  });
});
