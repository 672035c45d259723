import type { Commit, SnapshotSkippedListener } from '../../commit.js';
import type { EventStore, ReadRange } from '../../event-store.js';
import { InMemoryEventStore } from '../../in-memory-store.js';
import type { Clock } from '../../ports.js';
import type { EventStoreSubject } from '../event-store-contract.js';

/** A store that breaks promises. */
export interface BrokenStore {
  readonly create: (ports: { clock: Clock; onSnapshotSkipped: SnapshotSkippedListener }) => EventStore;
  readonly subject?: Partial<EventStoreSubject>;
}

/** Promises of the contract, each with stores that break it, each by what is wrong with it. */
export type BrokenStores = Readonly<Record<string, Readonly<Record<string, BrokenStore>>>>;

/** What of a sound store is changed. */
type Change = (sound: InMemoryEventStore) => Partial<EventStore>;

/** A sound store of which one thing is changed. */
export function broken(change: Change): BrokenStore {
  return { create: (ports) => changed(new InMemoryEventStore(ports), change) };
}

export function changed(sound: InMemoryEventStore, change: Change): EventStore {
  return {
    append: (append) => sound.append(append),
    transact: (parts) => sound.transact(parts),
    read: (stream, range) => sound.read(stream, range),
    load: (stream, query) => sound.load(stream, query),
    saveSnapshot: (of, snapshot) => sound.saveSnapshot(of, snapshot),
    delete: (after, metadata) => sound.delete(after, metadata),
    holderOf: (key) => sound.holderOf(key),
    scan: (options) => sound.scan(options),
    streams: (category, options) => sound.streams(category, options),
    ...change(sound),
  };
}

/** A change of reading: what is handed out is made from what a sound store hands out for a range of its own. */
export function reading(
  hand: (commits: readonly Commit[], range: ReadRange) => readonly Commit[],
  ask: (range: ReadRange) => ReadRange = (range) => range,
): Change {
  return (sound) => ({
    async *read(stream, range = {}) {
      const commits: Commit[] = [];
      for await (const commit of sound.read(stream, ask(range))) commits.push(commit);
      yield* hand(commits, range);
    },
  });
}
