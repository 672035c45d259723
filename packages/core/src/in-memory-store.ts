import { type ClaimKey, checkClaimKey, type PreparedPart, preparePart, type TransactionPart } from './claims.js';
import {
  type Append,
  type Commit,
  carriedState,
  deletionAfter,
  endOf,
  type Position,
  restOf,
  type Snapshot,
  type SnapshotSkippedListener,
  toCommit,
} from './commit.js';
import { ClaimTakenError, ConflictError, StreamNotFoundError } from './errors.js';
import type { EventStore, Latest, LoadQuery, ReadRange, ScanOptions, ScanPage } from './event-store.js';
import { scanInMemory } from './in-memory-scan.js';
import type { Metadata } from './metadata.js';
import { type Clock, type IdGenerator, systemClock, systemIds } from './ports.js';
import { checkPosition, checkRange } from './reading.js';
import { onlyAppend, type PreparedTransaction, prepareTransaction } from './transaction.js';

/** Hears of every commit, in the order of recording. */
export type ChangeListener = (commit: Commit) => void;

/** A commit as it is kept: as JSON, so that nobody shares an object with the store. */
interface Kept {
  readonly version: number;
  readonly last: number;
  readonly at: string;
  readonly json: string;
  snapshot: { readonly schema: string; readonly state: string } | undefined;
}

interface Holding {
  readonly by: string;
  readonly expires?: number;
}

/** What the store in memory works with; all of it has defaults. */
export interface InMemoryEventStoreOptions {
  readonly clock?: Clock;
  readonly ids?: IdGenerator;
  /** Hears of a snapshot that JSON cannot carry. Default: nobody. */
  readonly onSnapshotSkipped?: SnapshotSkippedListener;
}

const nameOf = ({ name, value }: ClaimKey): string => `${name}:${value}`;

/**
 * An event store for tests and for a machine without DynamoDB. What it holds is gone with the process.
 *
 * @example
 * ```ts
 * const orders = createRepository(order, { store: new InMemoryEventStore() });
 * ```
 */
export class InMemoryEventStore implements EventStore {
  readonly #streams = new Map<string, Kept[]>();
  readonly #claims = new Map<string, Holding>();
  readonly #listeners = new Set<ChangeListener>();
  readonly #ports: { clock: Clock; ids: IdGenerator };
  readonly #onSnapshotSkipped: SnapshotSkippedListener;

  constructor(options: InMemoryEventStoreOptions = {}) {
    const { clock = systemClock, ids = systemIds, onSnapshotSkipped = () => undefined } = options;
    this.#ports = { clock, ids };
    this.#onSnapshotSkipped = onSnapshotSkipped;
  }

  async append(append: Append): Promise<Commit> {
    const commit = toCommit(append, this.#ports);
    this.#checkEnd(commit.stream, commit.version - 1);
    this.#record(this.#toKeep(commit, append.snapshot));
    return commit;
  }

  async transact(parts: readonly TransactionPart[]): Promise<readonly Commit[]> {
    const only = onlyAppend(parts);
    if (only) return [await this.append(only)];
    const transaction = prepareTransaction(parts, this.#ports, preparePart);
    for (const part of transaction.parts) this.#check(part, transaction);
    const ready = transaction.parts.map((part) => this.#ready(part));
    return ready.flatMap((carryOut) => carryOut());
  }

  async *read(stream: string, range: ReadRange = {}): AsyncIterable<Commit> {
    checkRange(stream, range);
    const { after = 0, limit, backward = false } = range;
    const kept = this.#within(stream, range);
    if (backward) kept.reverse();
    for (const { json } of kept.slice(0, limit)) yield restOf(JSON.parse(json), after);
  }

  async load(stream: string, query: LoadQuery = {}): Promise<Latest> {
    const { snapshots, upTo = Number.POSITIVE_INFINITY, until } = query;
    const after = query.after?.version ?? 0;
    checkRange(stream, { ...query, after });
    checkPosition(stream, query.after);
    const inRange = this.#within(stream, { after, upTo });
    const end = until === undefined ? inRange.length : inRange.findLastIndex(({ at }) => at <= until) + 1;
    const kept = inRange.slice(0, end);
    const newest = kept.findLastIndex(
      ({ snapshot, last }) => snapshot && snapshot.schema === snapshots?.schema && last <= upTo,
    );
    const commits = kept.slice(newest + 1).map(({ json }) => restOf(JSON.parse(json), after));
    const { snapshot, json = '' } = kept[newest] ?? {};
    return snapshot
      ? { snapshot: { state: JSON.parse(snapshot.state), position: endOf(JSON.parse(json)) }, commits }
      : { commits };
  }

  async saveSnapshot({ stream, version }: Position, snapshot: Snapshot): Promise<boolean> {
    const last = this.#streams.get(stream)?.at(-1);
    if (version === 0 || last === undefined) throw new StreamNotFoundError(stream);
    this.#checkEnd(stream, version);
    const carried = this.#carried(snapshot, stream, version);
    if (carried) last.snapshot = carried;
    return carried !== undefined;
  }

  async delete(after: Position, metadata: Metadata): Promise<Commit> {
    if (after.version === 0) throw new StreamNotFoundError(after.stream);
    return this.append(deletionAfter(after, metadata));
  }

  async holderOf(key: ClaimKey): Promise<string | undefined> {
    checkClaimKey(key);
    return this.#holding(key, this.#ports.clock.now())?.by;
  }

  async *scan(options: ScanOptions = {}): AsyncIterable<ScanPage> {
    yield* scanInMemory(this.#streams, options);
  }

  async *streams(category: string, options: Omit<ScanOptions, 'category' | 'cursor'> = {}): AsyncIterable<string> {
    const seen = new Set<string>();
    for await (const { commits } of this.scan({ ...options, category })) {
      for (const { stream } of commits) {
        if (!seen.has(stream)) yield stream;
        seen.add(stream);
      }
    }
  }

  /** All commits, stream by stream. */
  *commits(): Iterable<Commit> {
    for (const kept of this.#streams.values()) for (const { json } of kept) yield JSON.parse(json);
  }

  /**
   * The change feed: calls `listener` with each commit recorded from now on, until the returned function is called.
   *
   * It is called soon after the append, not within it, as the stream of a table would do it: it may append itself, and
   * what it throws is an uncaught exception, not a failure of an append that was recorded.
   */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #within(stream: string, { after = 0, upTo = Number.POSITIVE_INFINITY }: ReadRange): Kept[] {
    if (upTo <= after) return [];
    return (this.#streams.get(stream) ?? []).filter(({ version, last }) => last > after && version <= upTo);
  }

  #checkEnd(stream: string, version: number): void {
    const kept = this.#streams.get(stream) ?? [];
    if ((kept.at(-1)?.last ?? 0) === version) return;
    const winner = kept.find((other) => other.version === version + 1);
    throw new ConflictError(stream, version, { winner: winner && JSON.parse(winner.json) });
  }

  #check(part: PreparedPart, { now }: PreparedTransaction<PreparedPart>): void {
    if (part.kind === 'append') this.#checkEnd(part.commit.stream, part.commit.version - 1);
    else if (part.kind === 'check') this.#checkEnd(part.position.stream, part.position.version);
    else {
      const holder = this.#holding(part.key, now)?.by;
      const free = holder === undefined || (part.kind === 'release' && holder === part.by);
      if (!free) throw new ClaimTakenError(part.key, holder);
    }
  }

  /** A part ready to be carried out: whatever may fail has been done by then, for all of them. */
  #ready(part: PreparedPart): () => readonly Commit[] {
    if (part.kind === 'append') {
      const kept = this.#toKeep(part.commit, part.append.snapshot);
      return () => [this.#record(kept)];
    }
    return () => {
      if (part.kind === 'claim') this.#claims.set(nameOf(part.key), part);
      if (part.kind === 'release') this.#claims.delete(nameOf(part.key));
      return [];
    };
  }

  #holding(key: ClaimKey, now: number): Holding | undefined {
    const holding = this.#claims.get(nameOf(key));
    return holding?.expires !== undefined && holding.expires * 1000 <= now ? undefined : holding;
  }

  #toKeep(commit: Commit, snapshot: Snapshot | undefined): { readonly commit: Commit; readonly kept: Kept } {
    const { stream, version, last, at } = commit;
    const carried = snapshot && this.#carried(snapshot, stream, last);
    return { commit, kept: { version, last, at, json: JSON.stringify(commit), snapshot: carried } };
  }

  #record({ commit, kept }: { readonly commit: Commit; readonly kept: Kept }): Commit {
    const stored = this.#streams.get(commit.stream);
    if (stored) stored.push(kept);
    else this.#streams.set(commit.stream, [kept]);
    for (const listener of this.#listeners) this.#tell(listener, kept.json);
    return commit;
  }

  #carried(snapshot: Snapshot, stream: string, version: number): Kept['snapshot'] {
    const { schema } = snapshot;
    const carried = carriedState(snapshot);
    if ('state' in carried) return { schema, state: carried.state };
    this.#onSnapshotSkipped({ stream, version, schema, reason: carried.reason });
    return undefined;
  }

  /** Microtasks run in the order they were queued, so every listener hears in the order of recording. */
  #tell(listener: ChangeListener, json: string): void {
    queueMicrotask(() => {
      if (this.#listeners.has(listener)) listener(JSON.parse(json));
    });
  }
}
