import {
  type Append,
  type ClaimKey,
  type Clock,
  type Commit,
  type EventStore,
  InMemoryEventStore,
  isReserved,
  type Latest,
  type LoadQuery,
  type Metadata,
  type Position,
  type ReadRange,
  type RecordedEvent,
  recordedEvents,
  type ScanOptions,
  type ScanPage,
  type Snapshot,
  type TransactionPart,
} from '@everfold/core';
import { type BusHandler, toEntry } from '@everfold/eventbridge';
import { durationMs } from './duration.js';
import { TIMER_DETAIL_TYPE, type Timer, type Timers } from './timers/timers.js';
import type { Duration } from './types.js';

/** Nobody waits in these tests. */
export const stillClock: Clock = { now: () => Date.parse('2026-01-02T03:04:05.000Z'), sleep: async () => undefined };

/** A clock that a test moves. */
export class MovingClock implements Clock {
  #nowMs = stillClock.now();

  now(): number {
    return this.#nowMs;
  }

  async sleep(): Promise<void> {}

  /** @param duration - As a saga has it: `15m`. */
  pass(duration: Duration): void {
    this.#nowMs += durationMs(duration);
  }

  /** @param at - ISO 8601. A time that is past moves nothing. */
  passTo(at: string): void {
    this.#nowMs = Math.max(this.#nowMs, Date.parse(at));
  }
}

/** Timers that only tell what was set. */
export class RecordedTimers implements Timers {
  readonly timers: Timer[] = [];

  async set(timer: Timer): Promise<void> {
    this.timers.push(timer);
  }
}

/** A timer as EventBridge delivers it when it comes back. */
export function deliveryOfTimer(timer: Timer): Parameters<BusHandler>[0] {
  return {
    version: '0',
    id: 'delivery',
    account: '000000000000',
    region: 'local',
    resources: [],
    time: timer.at,
    source: 'shop',
    'detail-type': TIMER_DETAIL_TYPE,
    detail: timer,
  };
}

/** What a part of a transaction is about. */
function subjectOf(part: TransactionPart): string {
  if ('after' in part) return part.after.stream;
  if ('unchanged' in part) return `unchanged ${part.unchanged.stream}`;
  return 'claim' in part ? `claim ${part.claim.value}` : `release ${part.release.value}`;
}

/** A store in memory that tells of its calls, and fails where a test wants it to. */
export class WatchedStore implements EventStore {
  readonly inner: InMemoryEventStore;
  /** `read <stream>`, `append <stream>` and `transact <streams>`, in order. */
  readonly calls: string[] = [];
  /** Called before each call acts. */
  before: (call: string) => Promise<void> | void = () => undefined;
  /** Called when a call has acted: what it throws is a crash with the work done. */
  after: (call: string) => Promise<void> | void = () => undefined;

  constructor(ids?: () => string) {
    this.inner = new InMemoryEventStore({ clock: stillClock, ...(ids ? { ids } : {}) });
  }

  append(append: Append): Promise<Commit> {
    return this.#call(`append ${append.after.stream}`, () => this.inner.append(append));
  }

  transact(parts: readonly TransactionPart[]): Promise<readonly Commit[]> {
    return this.#call(`transact ${parts.map(subjectOf).join(' ')}`, () => this.inner.transact(parts));
  }

  async *read(stream: string, range?: ReadRange): AsyncIterable<Commit> {
    yield* await this.#call(`read ${stream}`, async () => {
      const commits: Commit[] = [];
      for await (const commit of this.inner.read(stream, range)) commits.push(commit);
      return commits;
    });
  }

  /** Told as `read <stream>` is: both ask the store for what the stream holds. */
  load(stream: string, query?: LoadQuery): Promise<Latest> {
    return this.#call(`read ${stream}`, () => this.inner.load(stream, query));
  }

  saveSnapshot(of: Position, snapshot: Snapshot): Promise<boolean> {
    return this.#call(`saveSnapshot ${of.stream}`, () => this.inner.saveSnapshot(of, snapshot));
  }

  delete(after: Position, metadata: Metadata): Promise<Commit> {
    return this.#call(`delete ${after.stream}`, () => this.inner.delete(after, metadata));
  }

  holderOf(key: ClaimKey): Promise<string | undefined> {
    return this.#call(`holderOf ${key.name} ${key.value}`, () => this.inner.holderOf(key));
  }

  scan(options?: ScanOptions): AsyncIterable<ScanPage> {
    return this.inner.scan(options);
  }

  streams(category: string, options?: Omit<ScanOptions, 'category' | 'cursor'>): AsyncIterable<string> {
    return this.inner.streams(category, options);
  }

  /** Every event recorded so far, stream by stream. */
  recorded(): RecordedEvent[] {
    return [...this.inner.commits()].flatMap(recordedEvents);
  }

  /** What the bus would carry: without the entries that are private to a ledger. */
  published(): RecordedEvent[] {
    return this.recorded().filter(({ type }) => !isReserved(type));
  }

  /** Types of the events in a stream, in order. */
  typesIn(stream: string): string[] {
    return this.recorded().flatMap((event) => (event.stream === stream ? [event.type] : []));
  }

  async #call<TResult>(call: string, act: () => Promise<TResult>): Promise<TResult> {
    this.calls.push(call);
    await this.before(call);
    const result = await act();
    await this.after(call);
    return result;
  }
}

/** An event as EventBridge delivers it. */
export function deliveryOf(event: RecordedEvent): Parameters<BusHandler>[0] {
  const { Source = '', DetailType = '', Detail = '{}' } = toEntry(event, { busName: 'bus', source: 'shop' });
  return {
    version: '0',
    id: 'delivery',
    account: '000000000000',
    region: 'local',
    resources: [],
    time: event.at,
    source: Source,
    'detail-type': DetailType,
    detail: JSON.parse(Detail),
  };
}

/** What became of the work that was asked for under an idempotency key. */
type Standing = 'stands' | 'taken back' | 'void';

/** An event that is too large for the bus, as EventBridge delivers it. */
export function referenceTo(event: RecordedEvent): Parameters<BusHandler>[0] {
  const delivery = deliveryOf(event);
  const { data: _, ...head } = JSON.parse(JSON.stringify(delivery.detail));
  return { ...delivery, detail: { ...head, reference: true } };
}

/** Somebody outside, such as a payment provider: repeats what it answered under the same key, and refuses what was voided. */
export class FakeProvider {
  /** `<verb> <idempotency key>`, in order. */
  readonly calls: string[] = [];
  readonly standings = new Map<string, Standing>();
  /** Says no under these keys. */
  readonly refused = new Set<string>();
  /** Called before each call acts. */
  before: (call: string) => Promise<void> | void = () => undefined;
  /** Called when a call has acted: what it throws is an answer that was lost. */
  after: (call: string) => Promise<void> | void = () => undefined;

  async act(key: string): Promise<boolean> {
    await this.#called(`act ${key}`);
    if (this.standings.get(key) === 'void') throw new Error(`${key} was voided`);
    const agrees = !this.refused.has(key);
    if (agrees && !this.standings.has(key)) this.standings.set(key, 'stands');
    await this.after(`act ${key}`);
    return agrees;
  }

  async takeBack(key: string): Promise<void> {
    await this.#called(`takeBack ${key}`);
    if (this.standings.get(key) === 'stands') this.standings.set(key, 'taken back');
    await this.after(`takeBack ${key}`);
  }

  async void(key: string): Promise<void> {
    await this.#called(`void ${key}`);
    this.standings.set(key, this.standings.get(key) === 'stands' ? 'taken back' : 'void');
    await this.after(`void ${key}`);
  }

  async #called(call: string): Promise<void> {
    this.calls.push(call);
    await this.before(call);
  }
}
