import { type EventStore, isReserved, type RecordedEvent, recordedEvents } from '@everfold/core';
import type { BusHandler } from '@everfold/eventbridge';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliveryOf, RecordedTimers } from '../bench.test.fixture.js';
import { createEndHandler } from '../end-handler.js';
import { createFactRecorder } from '../record-fact.js';
import { createStepHandler } from '../step-handler.js';
import { parseTimer, TIMER_DETAIL_TYPE } from '../timers/timers.js';
import { anyEvent, booking, MINUTE_MS, TrackedRuns } from '../tracker/booking.test.fixture.js';
import { fakeBus } from './fake-bus.test.fixture.js';
import { createSweeper } from './sweeper.js';

/* Where deliveries are lost, processes die, and no timer ever comes back, the sweeper alone brings every run to its end. */

type Delivery = Parameters<BusHandler>[0];

const worlds = fc.record({
  /** Whether each of the first deliveries to a handler is lost. */
  losses: fc.array(fc.constantFrom(true, true, false), { maxLength: 60 }),
  /** Whether the process dies after each of the first writes of a handler. */
  deaths: fc.array(fc.boolean(), { maxLength: 12 }),
  /** What the steps come to. */
  says: fc.record({
    hold: fc.constantFrom('SeatHeld', 'SeatHeld', 'SeatHeld', 'SeatSoldOut'),
    approve: fc.constantFrom('TripApproved' as const, 'TripApproved' as const, 'TripRefused' as const, undefined),
    sleep: fc.constantFrom('HotelBooked', 'HotelBooked', 'HotelBooked', 'HotelFull'),
    charge: fc.constantFrom('CardCharged', 'CardCharged', 'CardDeclined'),
    issue: fc.constantFrom('TicketIssued', 'TicketIssued', 'TicketLost'),
  }),
  /** Before which sweep somebody cancels the run. */
  cancelAt: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
});
type World = typeof worlds extends fc.Arbitrary<infer TWorld> ? TWorld : never;

const STEPS = ['hold', 'approve', 'sleep', 'charge', 'issue', 'mail'] as const;
const data = { tripId: 't1' };

/** The process dies: nobody catches that but its host. */
class Death extends Error {}

async function hosted(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Death)) throw error;
  }
}

/** A store whose writers die right after they wrote. */
function deadly(store: TrackedRuns['store'], deaths: readonly boolean[]): EventStore {
  const left = [...deaths];
  const survive = <TResult>(written: TResult): TResult => {
    if (left.shift() === true) throw new Death();
    return written;
  };
  return {
    append: async (append) => survive(await store.append(append)),
    transact: async (parts) => survive(await store.transact(parts)),
    read: (stream, range) => store.read(stream, range),
    load: (stream, query) => store.load(stream, query),
    saveSnapshot: (of, snapshot) => store.saveSnapshot(of, snapshot),
    delete: (after, metadata) => store.delete(after, metadata),
    holderOf: (key) => store.holderOf(key),
    scan: (options) => store.scan(options),
    streams: (category, options) => store.streams(category, options),
  };
}

/** Another service, with a bus and a store of its own: it answers what it is asked to do, and what it is asked to undo, each time. */
class Hotel {
  readonly #says: string;
  #status: 'asked for nothing' | 'booked' | 'refused' | 'taken back' = 'asked for nothing';

  constructor(says: string) {
    this.#says = says;
  }

  get isBooked(): boolean {
    return this.#status === 'booked';
  }

  answerTo(type: string): string | undefined {
    if (type === 'TripAsked') {
      if (this.#status === 'asked for nothing') this.#status = this.#says === 'HotelBooked' ? 'booked' : 'refused';
    } else if (type !== 'HotelToCancel') return undefined;
    else if (this.#status === 'booked') this.#status = 'taken back';
    else if (this.#status === 'asked for nothing') this.#status = 'refused';
    if (this.#status === 'refused') return 'HotelFull';
    return this.#status === 'booked' ? 'HotelBooked' : 'HotelCancelled';
  }
}

function deliveryFrom(source: string, type: string, detail: unknown): Delivery {
  return { ...deliveryOf(anyEvent()), source, 'detail-type': type, detail };
}

/** Lets a run happen. @returns The run as it ended, and whether the hotel is booked then. */
async function play({ losses, deaths, says, cancelAt }: World) {
  const outcomes: Readonly<Record<string, string | undefined>> = says;
  const steps = booking.steps.map((step) =>
    step.run === undefined ? step : { ...step, run: async () => ({ type: outcomes[step.name] ?? step.ok, data }) },
  );
  const saga = { ...booking, steps };
  const runs = new TrackedRuns(saga);
  const ports = { store: deadly(runs.store, deaths), clock: runs.clock, timers: new RecordedTimers() };
  const ofSteps = new Map<string, BusHandler>(STEPS.map((name) => [name, createStepHandler(saga, name, ports)]));
  const end = createEndHandler(saga, ports);
  const recordFact = createFactRecorder(saga, 'approve', ports);
  const hotel = new Hotel(says.sleep);
  const lost = [...losses];

  const call = async (handlers: Iterable<BusHandler | undefined>, delivery: Delivery) => {
    for (const handle of handlers) if (lost.shift() !== true) await hosted(async () => handle?.(delivery));
  };
  const deliver = async (delivery: Delivery) => {
    await call([...ofSteps.values(), end], delivery);
    const isAsking = delivery['detail-type'] === 'HotelToCancel';
    // The answer to its trigger is not told again, so its step would be parked.
    if (isAsking && lost.shift() === true) return;
    const answer = hotel.answerTo(delivery['detail-type']);
    if (answer === undefined || (isAsking && lost.shift() === true)) return;
    await hosted(async () => ofSteps.get('sleep')?.(deliveryFrom('hotels', answer, data)));
  };

  const published = new Set<string>();
  const publish = async () => {
    let fresh: RecordedEvent[];
    do {
      fresh = [...runs.store.commits()].flatMap(recordedEvents).filter(({ id }) => !published.has(id));
      for (const event of fresh) {
        published.add(event.id);
        if (!isReserved(event.type)) await deliver(deliveryOf(event));
      }
    } while (fresh.length > 0);
  };

  const { bus, requests } = fakeBus();
  const sweep = createSweeper(saga, { reader: runs.reader, store: runs.store, bus, onSwept: () => undefined });
  await runs.ask();
  for (let sweeps = 0; sweeps < 200; sweeps++) {
    if (sweeps === cancelAt) await runs.append('desk-t1', [{ type: 'TripCalledOff', data }]);
    await publish();
    const { approve } = says;
    const waits = (await lookAt(runs))?.steps.some(({ name, status }) => name === 'approve' && status === 'started');
    if (waits && approve !== undefined) {
      await hosted(() => recordFact({ type: approve, data }));
      await publish();
    }
    const run = await lookAt(runs);
    if (run?.due === undefined) return { run, isBooked: hotel.isBooked };
    runs.nowMs = Math.max(runs.nowMs, Date.parse(run.due)) + MINUTE_MS;
    await sweep({ time: new Date(runs.nowMs).toISOString() });
    for (const { DetailType = '', Detail = '' } of requests.splice(0).flat()) {
      const delivery = deliveryFrom('shop', DetailType, JSON.parse(Detail));
      if (DetailType === TIMER_DETAIL_TYPE) await call([ofSteps.get(parseTimer(delivery.detail).step)], delivery);
      else await deliver(delivery);
    }
  }
  return { run: await lookAt(runs), isBooked: hotel.isBooked };
}

/** Shows the tracker everything that is recorded, whoever recorded it. */
async function lookAt(runs: TrackedRuns) {
  await runs.track([...runs.store.commits()]);
  return runs.reader.get('t1');
}

test('a run comes to its end, and to the right one, whatever is lost', async () => {
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const { run, isBooked } = await play(world);

      expect(run?.status).toMatch(/^(completed|cancelled)$/);
      const steps = run?.steps ?? [];
      const standing = steps.filter(({ status }) => status === 'ok').map(({ name }) => name);
      const whole = steps.map(({ name }) => name);
      expect(standing).toEqual(run?.status === 'completed' ? whole : standing.filter((name) => name === 'approve'));
      expect(isBooked).toBe(run?.status === 'completed');
      ends.add(run?.status ?? '');
    }),
    { numRuns: 100 },
  );
  expect([...ends].sort()).toEqual(['cancelled', 'completed']);
});
