import { type RecordedEvent, recordedEvents } from '@everfold/core';
import type { BusHandler } from '@everfold/eventbridge';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  deliveryOf,
  deliveryOfTimer,
  FakeProvider,
  MovingClock,
  stillClock,
  WatchedStore,
} from './bench.test.fixture.js';
import { createEndHandler } from './end-handler.js';
import { record } from './fulfilment.test.fixture.js';
import type { AnySaga } from './saga.js';
import type { AnyStep } from './step.js';
import type { Timer } from './timers/timers.js';
import { handlerOf, pivot, place, retriable, step, trip } from './trip.test.fixture.js';
import { all } from './types.js';

/* Whatever is delivered twice, late or in another order, and whatever crashes: the saga ends, and in one way. */

const line = trip(
  patient([step('Hotel', 'Placed'), step('Car', 'HotelDone'), step('Seat', 'CarDone'), pivot('Pay', 'SeatDone')]),
  { cancel: 'Stopped' },
);

/** Three ways meet at the pivot, and two leave it. */
const branched = trip(
  patient([
    step('Meal', 'Placed'),
    step('Hotel', 'Placed'),
    step('Toy', 'MealDone'),
    step('Map', 'HotelDone'),
    step('Car', 'HotelDone'),
    pivot('Pay', all('ToyDone', 'MapDone', 'CarDone')),
    retriable('Thank', 'PayDone'),
    retriable('Rate', 'PayDone'),
  ]),
  { cancel: 'Stopped', doneOn: all('ThankDone', 'RateDone') },
);

/** Steps that are tried until they succeed. */
function patient(steps: readonly AnyStep[]): readonly AnyStep[] {
  return steps.map((each) => ({ ...each, retry: { attempts: 50, first: '1s', longest: '1s' } }));
}

/** What goes wrong in one run. */
interface Mishaps {
  /** Steps whose provider says no. */
  readonly refused: readonly string[];
  /** The how-manieth calls of the store or the provider crash, once they have acted. */
  readonly crashes: readonly number[];
  /** The how-manieth deliveries come twice. */
  readonly doubled: readonly number[];
  /** Whether somebody cancels it at some moment. */
  readonly stopped: boolean;
}

function mishaps(mayRefuse: readonly string[]): fc.Arbitrary<Mishaps> {
  return fc.record({
    refused: fc.subarray([...mayRefuse], { maxLength: 1 }),
    crashes: fc.uniqueArray(fc.nat(60), { maxLength: 12 }),
    doubled: fc.uniqueArray(fc.nat(30), { maxLength: 12 }),
    stopped: fc.boolean(),
  });
}

/** Runs a saga to its end: every event is delivered to whoever listens to it, in an order of the scheduler's. */
async function play(saga: AnySaga, scheduler: fc.Scheduler, { refused, crashes, doubled, stopped }: Mishaps) {
  const store = new WatchedStore();
  const provider = new FakeProvider();
  for (const name of refused) provider.refused.add(`trip/${name}/o1`);
  const standing = () => [...provider.standings].filter(([, state]) => state === 'stands').map(([key]) => key);

  let calls = 0;
  const standingAtEnd: string[][] = [];
  const before = () => scheduler.schedule(Promise.resolve());
  const after = (call: string) => {
    if (call === 'append trip.end-o1') standingAtEnd.push(standing());
    if (crashes.includes(calls++)) throw new Error('crash');
  };
  Object.assign(store, { before, after });
  Object.assign(provider, { before, after });

  const deliveries: Promise<void>[] = [];
  // Time stands still but for what is waited for.
  const clock = new MovingClock();
  const comeBack = (name: string, timer: Timer) => {
    const handle = handlerOf(saga, name, store, provider, {
      clock,
      timers: { set: async (next) => comeBack(name, next) },
    });
    clock.passTo(timer.at);
    deliveries.push(untilDone(handle, deliveryOfTimer(timer), before));
  };
  const listeners = [
    ...saga.steps.map(({ name, on, undoneOn }) => ({
      types: [...on, ...undoneOn],
      handle: handlerOf(saga, name, store, provider, {
        clock,
        timers: { set: async (timer) => comeBack(name, timer) },
      }),
    })),
    {
      types: [...saga.end.done.on, ...saga.end.cancelled.on],
      handle: createEndHandler(saga, { store, clock: stillClock }),
    },
  ];
  const publish = (event: RecordedEvent) => {
    for (const { handle } of listeners.filter(({ types }) => types.includes(event.type))) {
      const times = doubled.includes(deliveries.length) ? 2 : 1;
      for (let time = 0; time < times; time++) deliveries.push(untilDone(handle, deliveryOf(event), before));
    }
  };
  store.inner.subscribe((commit) => recordedEvents(commit).forEach(publish));
  await place(store.inner);
  if (stopped) {
    const stop = { type: 'Stopped', data: { orderId: 'o1' } };
    deliveries.push(before().then(async () => void (await record(store.inner, 'stop-o1', stop))));
  }
  await scheduler.waitFor(everyOne(deliveries));
  return { ends: store.typesIn('trip.end-o1'), standing: standing(), standingAtEnd: standingAtEnd[0] };
}

async function untilDone(
  handle: BusHandler,
  delivery: Parameters<BusHandler>[0],
  pause: () => Promise<unknown>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await pause();
    try {
      return await handle(delivery);
    } catch (error) {
      if (attempt === 20) throw error;
    }
  }
}

/** Waits for promises, also those that are added meanwhile. */
async function everyOne(promises: readonly Promise<void>[]): Promise<void> {
  for (let waited = -1; waited < promises.length; ) {
    waited = promises.length;
    await Promise.all(promises);
    await Promise.resolve();
  }
}

describe.each([
  { shape: 'three steps and a pivot', saga: line, mayRefuse: ['Hotel', 'Car', 'Seat', 'Pay'] },
  { shape: 'branches', saga: branched, mayRefuse: ['Meal', 'Hotel', 'Toy', 'Map', 'Car', 'Pay'] },
])('a saga of $shape', ({ saga, mayRefuse }) => {
  const everything = saga.steps.map(({ name }) => `trip/${name}/o1`).sort();

  test('is completed with all effects, or cancelled with none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), mishaps(mayRefuse), async (scheduler, what) => {
        const { ends, standing, standingAtEnd } = await play(saga, scheduler, what);

        const mayEnd = what.refused.length > 0 ? ['Cancelled'] : ['Completed', ...(what.stopped ? ['Cancelled'] : [])];
        expect(mayEnd.map((end) => [end])).toContainEqual(ends);
        if (ends[0] === 'Completed') {
          expect(standing.sort()).toEqual(everything);
        } else {
          expect(standing).toEqual([]);
          expect(standingAtEnd).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('needs no event twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.subarray([...mayRefuse], { maxLength: 1 }), async (scheduler, refused) => {
        const { ends } = await play(saga, scheduler, { refused, crashes: [], doubled: [], stopped: false });

        expect(ends).toEqual([refused.length === 0 ? 'Completed' : 'Cancelled']);
      }),
      { numRuns: 150 },
    );
  });
});
