import type { NewEvent } from '@everfold/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { deliveryOfTimer, RecordedTimers } from '../bench.test.fixture.js';
import type { LedgerNotice } from '../ports.js';
import { createStepHandler } from '../step-handler.js';
import {
  at,
  attempted,
  booking,
  byHand,
  fenced,
  parked,
  started,
  TrackedRuns,
} from '../tracker/booking.test.fixture.js';
import { withEarlier } from '../versions.js';
import { createSagaDesk } from './desk.js';

let runs: TrackedRuns;
let timers: RecordedTimers;
let notices: LedgerNotice[];
beforeEach(() => {
  runs = new TrackedRuns();
  timers = new RecordedTimers();
  notices = [];
});

const whom = { by: 'ann', reason: 'the provider is back' };
const event = <TType extends string>(type: TType, tripId = 't1') => ({ type, data: { tripId } });

function deskOf(saga = booking, onEntry = (notice: LedgerNotice) => void notices.push(notice)) {
  const { store, reader, clock } = runs;
  return createSagaDesk(saga, { store, reader, timers, clock, onEntry });
}

/** The charge of a trip, parked in one of its states. */
const parkedCharges = {
  'at work': [started(at(15)), attempted('run', at(1)), parked('run')],
  'being given up': [started(at(15)), fenced('timeout'), parked('fail')],
  'being undone': [started(at(15)), 'CardCharged', parked('undo')],
} as const satisfies Record<string, readonly (string | NewEvent)[]>;

async function typesIn(stream: string): Promise<string[]> {
  const types: string[] = [];
  for await (const { events } of runs.store.read(stream)) types.push(...events.map(({ type }) => type));
  return types;
}

describe('the list of parked steps', () => {
  it('has each step that waits, the longest first, with why and since when', async () => {
    await runs.later(2).enterFor('later', 'hold', started(), parked('run'));
    runs.later(-1);
    await runs.enterFor('first', 'sleep', started(at(1440)), parked('run', 'no answer came'));
    await runs.enterFor('first', 'hold', 'SeatHeld', parked('undo', 'no such flight'));
    await runs.track();

    expect(await deskOf().list()).toEqual({
      steps: [
        {
          saga: 'booking',
          key: 'first',
          step: 'hold',
          by: 'airline',
          status: 'ok',
          work: 'undo',
          reason: 'no such flight',
          since: at(1),
        },
        {
          saga: 'booking',
          key: 'first',
          step: 'sleep',
          by: 'hotel',
          status: 'started',
          work: 'run',
          reason: 'no answer came',
          since: at(1),
        },
        {
          saga: 'booking',
          key: 'later',
          step: 'hold',
          by: 'airline',
          status: 'started',
          work: 'run',
          reason: 'it failed 5 times',
          since: at(2),
        },
      ],
    });
  });

  it('comes page by page', async () => {
    for (const key of ['a', 'b']) await runs.enterFor(key, 'hold', started(), parked('run'));
    await runs.track();

    const first = await deskOf().list({ limit: 1 });
    const second = await deskOf().list({ limit: 1, cursor: first.cursor ?? '' });

    expect([first, second].map(({ steps }) => steps.map(({ key }) => key))).toEqual([['a'], ['b']]);
    expect(second).not.toHaveProperty('cursor');
  });
});

describe('the inspection of a step', () => {
  it('tells its whole history, and what may be done', async () => {
    await runs.enter('charge', started(at(15)), attempted('run', at(1)));
    await runs.later(2).enter('charge', {
      type: '$parked',
      data: {
        work: 'run',
        reason: 'the step failed 5 times: no answer',
        error: { name: 'Error', message: 'no answer' },
      },
    });

    const { history, ...rest } = await deskOf().inspect('t1', 'charge');

    expect(rest).toEqual({
      saga: 'booking',
      version: 2,
      key: 't1',
      step: 'charge',
      status: 'started',
      isParked: true,
      may: { retry: true, resolve: ['CardCharged', 'CardDeclined'] },
    });
    expect(history.map(({ version, at: when, says }) => `${version} ${when} ${says}`)).toEqual([
      `1 ${at(0)} begun upon TripAsked, to be given up at ${at(15)}`,
      `2 ${at(0)} run failed, to be tried again at ${at(1)}: Error: no answer`,
      `3 ${at(2)} parked: the step failed 5 times: no answer`,
    ]);
  });

  it('reads as well what somebody did, and how a step ended', async () => {
    await runs.enter('charge', started(), fenced('timeout'), parked('fail', 'giving it up failed'), byHand('$resumed'));
    await runs.enter('charge', {
      type: '$parked',
      data: { work: 'fail', reason: 'again', error: { name: 'Error', message: 'no' } },
    });
    await runs.enter('charge', byHand('$resolved'), 'CardDeclined');
    await runs.enter('hold', { type: '$tombstoned', data: { cause: '01JB.0' } });

    expect((await deskOf().inspect('t1', 'charge')).history.map(({ says }) => says)).toEqual([
      'begun upon TripAsked',
      'given up (timeout) because of event 01JB.0',
      'parked: giving it up failed',
      'tried again by ann: asked',
      'parked: again (Error: no)',
      'resolved by ann: asked',
      'came to CardDeclined',
    ]);
    expect(await deskOf().inspect('t1', 'hold')).toMatchObject({
      status: 'tombstone',
      history: [{ says: 'barred because of event 01JB.0' }],
    });
  });

  it('reads how another service was asked to take its work back, which nobody resolves unasked', async () => {
    await runs.enterFor('t2', 'sleep', started(at(1440)), parked('run'));
    expect((await deskOf().inspect('t2', 'sleep')).may.resolve).toEqual(['HotelBooked', 'HotelFull']);

    await runs.enter('sleep', started(at(1440)), 'HotelToCancel', parked('run'));
    const { history, may } = await deskOf().inspect('t1', 'sleep');
    expect(may.resolve).toEqual(['HotelBooked', 'HotelFull', 'HotelCancelled']);
    expect(history[1]?.says).toBe('asked hotels by HotelToCancel to take its work back');
  });

  it.each([
    ['at work', ['CardCharged', 'CardDeclined']],
    ['being given up', ['CardDeclined']],
    ['being undone', ['CardRefunded']],
  ] as const)('allows of one that is %s what can follow', async (state, resolve) => {
    await runs.enter('charge', ...parkedCharges[state]);

    expect((await deskOf().inspect('t1', 'charge')).may).toEqual({ retry: true, resolve });
  });

  it('allows nothing where nobody is waited for', async () => {
    await runs.enter('charge', started(at(15)), 'CardCharged');

    const nothing = { isParked: false, may: { retry: false, resolve: [] } };
    expect(await deskOf().inspect('t1', 'charge')).toMatchObject({ status: 'ok', ...nothing });
    expect(await deskOf().inspect('t1', 'issue')).toMatchObject({ status: 'empty', history: [], ...nothing });
  });

  it('goes by the version that the run was begun under', async () => {
    const steps = booking.steps.map((step) =>
      step.name === 'charge' ? { ...step, ledger: 'cards', ok: 'TicketIssued' } : step,
    );
    const before = { ...booking, version: 1, steps };
    const metadata = { correlationId: 'c', causationId: 'c', saga: 'booking', sagaVersion: 1 };
    await runs.append('cards-t1', [started(at(15)), parked('run')], metadata);

    expect(await deskOf(withEarlier(booking, before)).inspect('t1', 'charge')).toMatchObject({
      version: 1,
      may: { resolve: ['TicketIssued', 'CardDeclined', 'CardRefunded'].slice(0, 2) },
    });
  });

  it('refuses a step that there is not', async () => {
    await expect(deskOf().inspect('t1', 'fly' as 'charge')).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('it has hold, approve, sleep'),
    });
  });
});

describe('a retry', () => {
  it('is recorded with who asked for it and why, and has the step’s own handler go on', async () => {
    await runs.enter('hold', started(), parked('run'));
    runs.later(7);

    await deskOf().retry('t1', 'hold', { ...whom, metadata: { ticket: 'T-1' } });

    expect(timers.timers).toEqual([{ saga: 'booking', step: 'hold', key: 't1', at: at(7) }]);
    expect(notices).toEqual([{ saga: 'booking', step: 'hold', key: 't1', type: '$resumed', data: whom }]);
    const [timer] = timers.timers;
    const { store, clock } = runs;
    const handle = createStepHandler(booking, 'hold', { store, timers, clock });
    if (timer !== undefined) await handle(deliveryOfTimer(timer));
    expect(await typesIn('booking.hold-t1')).toEqual(['$started', '$parked', '$resumed', 'SeatHeld']);
    const { history } = await deskOf().inspect('t1', 'hold');
    expect(history[2]).toMatchObject({ actor: 'ann', says: 'tried again by ann: the provider is back' });
    for await (const { events, metadata } of store.read('booking.hold-t1')) {
      if (events[0]?.type !== '$resumed') continue;
      expect(metadata).toMatchObject({
        correlationId: 'request-1',
        saga: 'booking',
        sagaVersion: 2,
        actor: 'ann',
        ticket: 'T-1',
      });
    }
  });

  it.each(['being given up', 'being undone'] as const)('goes on with one that is %s', async (state) => {
    await runs.enter('charge', ...parkedCharges[state]);

    await deskOf().retry('t1', 'charge', whom);

    const { store, clock } = runs;
    const handle = createStepHandler(booking, 'charge', { store, timers, clock });
    const [timer] = timers.timers;
    if (timer !== undefined) await handle(deliveryOfTimer(timer));
    expect((await typesIn('booking.charge-t1')).at(-1)).toBe(
      state === 'being undone' ? 'CardRefunded' : 'CardDeclined',
    );
  });

  it('sets its timer when it is repeated, because it was broken off before, and records nothing twice', async () => {
    await runs.enter('charge', ...parkedCharges['at work']);
    timers.set = () => Promise.reject(new Error('no answer'));
    await expect(deskOf().retry('t1', 'charge', whom)).rejects.toThrow('no answer');

    timers = new RecordedTimers();
    await deskOf().retry('t1', 'charge', whom);

    expect(timers.timers).toHaveLength(1);
    expect(await typesIn('booking.charge-t1')).toEqual(['$started', '$attempted', '$parked', '$resumed']);
  });

  it('is refused where the step is not parked', async () => {
    await runs.enter('charge', started(at(15)));

    await expect(deskOf().retry('t1', 'charge', whom)).rejects.toMatchObject({
      code: 'STEP_NOT_PARKED',
      status: 'started',
    });
    await expect(deskOf().retry('t1', 'issue', whom)).rejects.toMatchObject({
      code: 'STEP_NOT_PARKED',
      status: 'empty',
    });
    expect(timers.timers).toEqual([]);
  });

  it('is refused where another service’s answer is waited for, unless that was given up here', async () => {
    await runs.enter('sleep', started(at(1440)), parked('run', 'no answer came'));
    await expect(deskOf().retry('t1', 'sleep', whom)).rejects.toMatchObject({
      code: 'STEP_NOT_RETRIABLE',
      step: 'sleep',
    });
    expect((await deskOf().inspect('t1', 'sleep')).may.retry).toBe(false);

    await runs.enterFor('t2', 'sleep', started(at(1440)), fenced('timeout'), parked('fail'));
    await deskOf().retry('t2', 'sleep', whom);
    expect(timers.timers).toHaveLength(1);
  });

  it('is decided anew when somebody else was first', async () => {
    await runs.enter('charge', ...parkedCharges['at work']);
    const { store } = runs;
    const append = store.append.bind(store);
    let failures = 1;
    store.append = async (...args) => {
      if (failures-- > 0) await runs.enter('charge', byHand('$resolved'), 'CardDeclined');
      return append(...args);
    };

    await expect(deskOf().retry('t1', 'charge', whom)).rejects.toMatchObject({
      code: 'STEP_NOT_PARKED',
      status: 'failed',
    });
  });
});

describe('a resolution', () => {
  it('is recorded with the outcome in one commit, and the saga goes on from that', async () => {
    await runs.enter('charge', ...parkedCharges['at work']);

    await deskOf().resolve('t1', 'charge', event('CardDeclined'), {
      by: 'ann',
      reason: 'the bank says so',
      metadata: { ticket: 'T-1' },
    });

    const [last] = [...runs.store.commits()].slice(-1);
    expect(last).toMatchObject({
      stream: 'booking.charge-t1',
      events: [
        { type: '$resolved', data: { by: 'ann', reason: 'the bank says so' } },
        { type: 'CardDeclined', data: { tripId: 't1' } },
      ],
      metadata: { correlationId: 'request-1', causationId: '01JB.0', saga: 'booking', actor: 'ann', ticket: 'T-1' },
    });
    expect(notices.map(({ type }) => type)).toEqual(['$resolved', 'CardDeclined']);
    expect(await deskOf().inspect('t1', 'charge')).toMatchObject({ status: 'failed', isParked: false });
  });

  it.each([
    ['at work', 'CardRefunded'],
    ['being given up', 'CardCharged'],
    ['being undone', 'CardDeclined'],
  ] as const)('of one that is %s is none with %s', async (state, type) => {
    await runs.enter('charge', ...parkedCharges[state]);
    const before = await typesIn('booking.charge-t1');

    await expect(deskOf().resolve('t1', 'charge', event(type), whom)).rejects.toMatchObject({
      code: 'INVALID_OUTCOME',
    });
    expect(await typesIn('booking.charge-t1')).toEqual(before);
  });

  it('of one that is undone names the compensation, because of which the run goes on', async () => {
    await runs.enter('charge', ...parkedCharges['being undone']);

    await deskOf().resolve('t1', 'charge', event('CardRefunded'), whom);

    expect(await deskOf().inspect('t1', 'charge')).toMatchObject({ status: 'undone' });
  });

  it('is refused with data that its schema refuses, or of another run', async () => {
    await runs.enter('charge', ...parkedCharges['at work']);
    const wrong = { type: 'CardDeclined', data: {} } as ReturnType<typeof event<'CardDeclined'>>;

    await expect(deskOf().resolve('t1', 'charge', wrong, whom)).rejects.toMatchObject({ code: 'INVALID_EVENT' });
    await expect(deskOf().resolve('t1', 'charge', event('CardDeclined', 't2'), whom)).rejects.toMatchObject({
      code: 'INVALID_OUTCOME',
    });
  });

  it('is refused where the step is not parked, or somebody has resolved it', async () => {
    await runs.enter('charge', ...parkedCharges['at work']);
    await deskOf().resolve('t1', 'charge', event('CardDeclined'), whom);

    await expect(deskOf().resolve('t1', 'charge', event('CardCharged'), whom)).rejects.toMatchObject({
      code: 'STEP_NOT_PARKED',
      status: 'failed',
    });
  });

  it.each([
    ['by', { ...whom, by: ' ' }],
    ['reason', { ...whom, reason: '' }],
  ])('and a retry say who decided it, and why: %s', async (name, nobody) => {
    await runs.enter('charge', ...parkedCharges['at work']);
    const refusal = { code: 'INVALID_ARGUMENT', message: expect.stringContaining(`"${name}"`) };

    await expect(deskOf().resolve('t1', 'charge', event('CardDeclined'), nobody)).rejects.toMatchObject(refusal);
    await expect(deskOf().retry('t1', 'charge', nobody)).rejects.toMatchObject(refusal);
  });

  it('stands, whatever a listener throws', async () => {
    await runs.enter('charge', ...parkedCharges['at work']);
    const desk = deskOf(booking, () => {
      throw new Error('not now');
    });

    await desk.resolve('t1', 'charge', event('CardDeclined'), whom);

    expect(await desk.inspect('t1', 'charge')).toMatchObject({ status: 'failed' });
  });
});
