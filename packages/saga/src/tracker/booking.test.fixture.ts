import {
  type Clock,
  type Commit,
  defineEvents,
  endOf,
  InMemoryEventStore,
  type Metadata,
  type NewEvent,
  type Position,
  type RecordedEvent,
  startOf,
  streamName,
} from '@everfold/core';
import { createProjector, InMemoryReadModelStore } from '@everfold/projections';
import { z } from 'zod';
import { choreography } from '../choreography.js';
import type { Started } from '../ledger.js';
import type { AnySaga } from '../saga.js';
import { ledgerStream, type SagaStep } from '../step.js';
import { all } from '../types.js';
import { createSagaReader } from './saga-reader.js';
import { createTracker } from './tracker.js';
import type { TrackerOptions } from './tracker-rows.js';

/* A saga with a step of every kind, and runs of it that tests write as they need them. */

const trip = z.object({ tripId: z.string() });
const events = defineEvents({
  TripAsked: trip.extend({ cents: z.number().int() }),
  TripCalledOff: trip,
  SeatHeld: trip,
  SeatSoldOut: trip,
  SeatReleased: trip,
  TripApproved: trip,
  TripRefused: trip,
  HotelBooked: trip,
  HotelFull: trip,
  HotelToCancel: trip,
  HotelCancelled: trip,
  CardCharged: trip,
  CardDeclined: trip,
  CardRefunded: trip,
  TicketIssued: trip,
  TicketLost: trip,
  MailSent: trip,
  TripBooked: trip,
  TripCancelled: trip,
});

const plain = <TType extends string>(type: TType, key: string) => ({ type, data: { tripId: key } });

export const booking = choreography({
  name: 'booking',
  version: 2,
  start: 'TripAsked',
  key: 'tripId',
  events,
  cancel: 'TripCalledOff',
  within: '9d',
})
  .step('hold', {
    by: 'airline',
    effect: 'store',
    on: 'TripAsked',
    ok: 'SeatHeld',
    fails: ['SeatSoldOut'],
    run: async ({ key }) => plain('SeatHeld', key),
    undo: { ok: 'SeatReleased', run: async ({ key }) => plain('SeatReleased', key) },
  })
  .waitWhen('approve', {
    by: 'office',
    on: 'SeatHeld',
    when: () => true,
    ok: 'TripApproved',
    fails: ['TripRefused'],
    deadline: { after: '3d', fail: ({ key }) => plain('TripRefused', key) },
  })
  .contract('sleep', {
    by: 'hotel',
    source: 'hotels',
    on: 'TripAsked',
    ok: 'HotelBooked',
    fails: ['HotelFull'],
    undo: { ask: 'HotelToCancel', data: ({ key }) => ({ tripId: key }), ok: 'HotelCancelled' },
    deadline: { after: '1d' },
  })
  .step('charge', {
    by: 'payment',
    on: all('SeatHeld', 'TripApproved', 'HotelBooked'),
    ok: 'CardCharged',
    fails: ['CardDeclined'],
    run: async ({ key }) => plain('CardCharged', key),
    undo: { ok: 'CardRefunded', run: async ({ key }) => plain('CardRefunded', key) },
    timeout: { after: '15m', fail: async ({ key }) => plain('CardDeclined', key) },
  })
  .pivot('issue', {
    by: 'airline',
    on: 'CardCharged',
    ok: 'TicketIssued',
    fails: ['TicketLost'],
    run: async ({ key }) => plain('TicketIssued', key),
  })
  .step('mail', { by: 'post', on: 'TicketIssued', ok: 'MailSent', run: async ({ key }) => plain('MailSent', key) })
  .end({
    done: { on: 'MailSent', emit: 'TripBooked', data: ({ data }) => data },
    cancelled: { emit: 'TripCancelled', data: (_cause, key) => ({ tripId: key }) },
  });

export const START_MS = Date.parse('2026-01-02T03:00:00.000Z');
export const MINUTE_MS = 60_000;

/** So many minutes after the beginning, ISO 8601. */
export function at(minutes: number): string {
  return new Date(START_MS + minutes * MINUTE_MS).toISOString();
}

/** A store in which a test writes what its ledgers hold, and a tracker that has seen as much as the test shows it. */
export class TrackedRuns {
  nowMs = START_MS;
  readonly clock: Clock = { now: () => this.nowMs, sleep: async () => undefined };
  readonly store = new InMemoryEventStore({ clock: this.clock });
  readonly readModels = new InMemoryReadModelStore();
  readonly commits: Commit[] = [];
  readonly saga: AnySaga;
  readonly #positions = new Map<string, Position>();
  readonly #options: TrackerOptions;

  constructor(saga: AnySaga = booking, options: TrackerOptions = {}) {
    this.saga = saga;
    this.#options = options;
  }

  get reader() {
    return createSagaReader(this.saga, this.readModels, this.#options);
  }

  /** So many minutes pass. */
  later(minutes: number): this {
    this.nowMs += minutes * MINUTE_MS;
    return this;
  }

  /** Records that a trip was asked for. */
  ask(key = 't1', metadata: Metadata = this.#metadata()): Promise<Commit> {
    return this.append(`order-${key}`, [{ type: this.saga.start, data: { tripId: key, cents: 5 } }], metadata);
  }

  /** Records entries in the ledger of a step. */
  enter(step: string, ...entries: readonly (string | NewEvent)[]): Promise<Commit> {
    return this.enterFor('t1', step, ...entries);
  }

  enterFor(key: string, step: string, ...entries: readonly (string | NewEvent)[]): Promise<Commit> {
    const events = entries.map((entry) => (typeof entry === 'string' ? { type: entry, data: { tripId: key } } : entry));
    return this.append(ledgerStream(this.stepOf(step), key), events);
  }

  /** Records a terminal event. */
  end(type: string, key = 't1'): Promise<Commit> {
    return this.append(streamName(this.saga.end.ledger, key), [{ type, data: { tripId: key } }]);
  }

  async append(stream: string, events: readonly NewEvent[], metadata = this.#metadata()): Promise<Commit> {
    const commit = await this.store.append({ after: this.#positions.get(stream) ?? startOf(stream), events, metadata });
    this.#positions.set(stream, endOf(commit));
    this.commits.push(commit);
    return commit;
  }

  /** Shows commits to the tracker: all, where nothing else is said. */
  async track(commits: readonly Commit[] = this.commits): Promise<void> {
    const projection = createTracker(this.saga, this.#options);
    const failures = await createProjector({ projection, eventStore: this.store, readModels: this.readModels })(
      commits,
    );
    if (failures.length > 0) throw failures[0]?.error;
  }

  /** A run as the tracker has it, once it has seen everything. */
  async run(key = 't1') {
    await this.track();
    return this.reader.get(key, { consistent: true });
  }

  stepOf(name: string): SagaStep {
    const step = this.saga.steps.find((each) => each.name === name);
    if (step === undefined) throw new Error(`There is no step "${name}".`);
    return step;
  }

  #metadata(): Metadata {
    const { name, version } = this.saga;
    return { correlationId: 'request-1', causationId: 'command-1', saga: name, sagaVersion: version, hops: 1 };
  }
}

/** An event of a run, where any will do. */
export function anyEvent(type = 'TripAsked', key = 't1'): RecordedEvent {
  const metadata = { correlationId: 'request-1', causationId: 'command-1' };
  const data = { tripId: key, cents: 5 };
  return { type, data, id: '01JB.0', stream: `order-${key}`, version: 1, at: at(0), metadata };
}

/** Entries of ledgers. */
export const started = (deadline?: string): NewEvent<string, Started> => ({
  type: '$started',
  data: { trigger: anyEvent(), ...(deadline === undefined ? {} : { deadline }) },
});
export const attempted = (work: 'run' | 'undo' | 'fail', next: string, message = 'no answer'): NewEvent => ({
  type: '$attempted',
  data: {
    work,
    next,
    error: { name: 'Error', message },
    ...(work === 'undo' ? { cause: anyEvent('TicketLost') } : {}),
  },
});
export const parked = (work: 'run' | 'undo' | 'fail', reason = 'it failed 5 times'): NewEvent => ({
  type: '$parked',
  data: { work, reason, ...(work === 'undo' ? { cause: anyEvent('TicketLost') } : {}) },
});
export const fenced = (why: 'timeout' | 'exhausted' | 'compensation'): NewEvent => ({
  type: '$fenced',
  data: { why, cause: '01JB.0' },
});
export const byHand = (type: '$resumed' | '$resolved'): NewEvent => ({ type, data: { by: 'ann', reason: 'asked' } });
