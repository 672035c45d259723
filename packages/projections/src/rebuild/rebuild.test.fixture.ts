import type { EventStore, ScanOptions } from '@everfold/core';
import type { ReadModelStore } from '../read-models/read-model-store.js';

/** A clock that stands still, but for sleeping. */
export function stillClock(start = Date.parse('2026-03-01T00:00:00Z')) {
  const slept: number[] = [];
  const clock = {
    time: start,
    slept,
    now: () => clock.time,
    sleep: async (milliseconds: number) => {
      slept.push(milliseconds);
      clock.time += milliseconds;
    },
  };
  return clock;
}

/** A store of rows from which a process is cut off before or after a request: nothing that it sends later arrives. */
export function cutOff(store: ReadModelStore, at: { request: number; after: boolean }): ReadModelStore {
  let count = 0;
  const around = async <TResult>(request: () => Promise<TResult>): Promise<TResult> => {
    const number = count++;
    if (number > at.request || (number === at.request && !at.after)) throw new Error('cut off');
    const result = await request();
    if (number === at.request) throw new Error('cut off');
    return result;
  };
  return {
    load: (rows, keys) => around(() => store.load(rows, keys)),
    save: (rows, write) => around(() => store.save(rows, write)),
    insert: (rows, writes) => around(async () => (await store.insert?.(rows, writes)) ?? new Set()),
    positions: (rows, streams) => around(() => store.positions(rows, streams)),
    transact: (rows, transaction) => around(() => store.transact(rows, transaction)),
    get: (rows, key, options) => store.get(rows, key, options),
    list: (rows, request) => store.list(rows, request),
    all: (rows, request) => store.all(rows, request),
  };
}

/** An event store that notes which scans were begun, and how many pages each has handed out. */
export function watched(store: EventStore) {
  const scans: { readonly options: ScanOptions; pages: number }[] = [];
  const reads: string[] = [];
  return {
    scans,
    reads,
    read: (...[stream, range]: Parameters<EventStore['read']>) => {
      reads.push(stream);
      return store.read(stream, range);
    },
    async *scan(options: ScanOptions = {}) {
      const scan = { options, pages: 0 };
      scans.push(scan);
      for await (const page of store.scan(options)) {
        scan.pages++;
        yield page;
      }
    },
  };
}
