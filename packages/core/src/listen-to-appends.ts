import type { Commit } from './commit.js';
import type { EventStore, StreamStore } from './event-store.js';
import { isAppend } from './transaction.js';

/** What an append, a transaction or a deletion came to. */
export interface AppendReport {
  /** What was written to, or was to be. */
  readonly streams: readonly string[];
  /** How many events are recorded by it: none where it failed. */
  readonly events: number;
  /** What it threw, such as a `ConflictError`; `undefined` where it succeeded. */
  readonly error: unknown;
}

/** Hears of every append when it is over. What it throws is passed over. */
export type AppendListener = (report: AppendReport) => void;

/**
 * Wraps an event store, so that a listener hears what each append came to: for metrics. Costs no request.
 *
 * @param store - Any store, or the part of one that commands and sagas need.
 * @returns A store that keeps the contract as `store` does.
 *
 * @example
 * ```ts
 * const counted = listenToAppends(store, ({ events, error }) => {
 *   if (isEverfoldError(error, 'CONFLICT')) log('somebody else came first');
 *   else log(`${events} events`);
 * });
 * ```
 */
export function listenToAppends(store: EventStore, listener: AppendListener): EventStore;
export function listenToAppends(store: StreamStore, listener: AppendListener): StreamStore;
export function listenToAppends(store: StreamStore, listener: AppendListener): StreamStore {
  async function heard<TWritten extends Commit | readonly Commit[]>(
    streams: readonly string[],
    write: () => Promise<TWritten>,
  ): Promise<TWritten> {
    try {
      const written = await write();
      const commits: readonly Commit[] = 'events' in written ? [written] : written;
      const events = commits.reduce((sum, commit) => sum + commit.events.length, 0);
      tell(listener, { streams, events, error: undefined });
      return written;
    } catch (error) {
      tell(listener, { streams, events: 0, error });
      throw error;
    }
  }

  const listened: StreamStore = {
    append: (append) => heard([append.after.stream], () => store.append(append)),
    transact: (parts) => heard(streamsOf(parts), () => store.transact(parts)),
    delete: (after, metadata) => heard([after.stream], () => store.delete(after, metadata)),
    read: (stream, range) => store.read(stream, range),
    load: (stream, query) => store.load(stream, query),
  };
  if (!isWhole(store)) return listened;
  const whole: EventStore = {
    ...listened,
    transact: (parts) => heard(streamsOf(parts), () => store.transact(parts)),
    saveSnapshot: (of, snapshot) => store.saveSnapshot(of, snapshot),
    holderOf: (key) => store.holderOf(key),
    scan: (options) => store.scan(options),
    streams: (category, options) => store.streams(category, options),
  };
  return whole;
}

function streamsOf(parts: readonly object[]): string[] {
  return parts.filter(isAppend).map(({ after }) => after.stream);
}

function isWhole(store: StreamStore): store is EventStore {
  return 'scan' in store;
}

function tell(listener: AppendListener, report: AppendReport): void {
  try {
    listener(report);
  } catch {
    // What is recorded is recorded, whoever does not want to hear of it.
  }
}
