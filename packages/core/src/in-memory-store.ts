import { type Append, type Commit, checkFollows, toCommit, toCommits } from './commit.js';
import { ConflictError } from './errors.js';
import type { EventStore, ReadRange } from './event-store.js';
import { type Clock, type IdGenerator, systemClock, systemIds } from './ports.js';

/** Hears of every commit, in the order of recording. */
export type ChangeListener = (commit: Commit) => void;

/**
 * An event store for tests and for a machine without DynamoDB. What it holds is gone with the process.
 *
 * @example
 * ```ts
 * const orders = createRepository(order, { store: new InMemoryEventStore() });
 * ```
 */
export class InMemoryEventStore implements EventStore {
  /** Commits as JSON, so that nobody shares an object with the store. */
  readonly #streams = new Map<string, string[]>();
  readonly #ends = new Map<string, number>();
  readonly #listeners = new Set<ChangeListener>();
  readonly #ports: { clock: Clock; ids: IdGenerator };

  constructor({ clock = systemClock, ids = systemIds }: { readonly clock?: Clock; readonly ids?: IdGenerator } = {}) {
    this.#ports = { clock, ids };
  }

  async append(append: Append): Promise<Commit> {
    const commit = toCommit(append, this.#ports);
    this.#record([commit]);
    return commit;
  }

  async transact(appends: readonly Append[]): Promise<readonly Commit[]> {
    const commits = toCommits(appends, this.#ports);
    this.#record(commits);
    return commits;
  }

  async *read(stream: string, { after = 0, upTo = Number.POSITIVE_INFINITY }: ReadRange = {}): AsyncIterable<Commit> {
    let version = after;
    for (const json of [...(this.#streams.get(stream) ?? [])]) {
      const commit: Commit = JSON.parse(json);
      if (commit.version <= after) continue;
      if (commit.version > upTo) return;
      checkFollows(commit, version);
      yield commit;
      version = commit.last;
    }
  }

  /** All commits, stream by stream. */
  *commits(): Iterable<Commit> {
    for (const stream of this.#streams.values()) {
      for (const json of stream) yield JSON.parse(json);
    }
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

  #record(commits: readonly Commit[]): void {
    for (const { stream, version } of commits) {
      if ((this.#ends.get(stream) ?? 0) !== version - 1) throw new ConflictError(stream, version - 1);
    }
    for (const commit of commits) {
      const json = JSON.stringify(commit);
      const stored = this.#streams.get(commit.stream);
      if (stored) stored.push(json);
      else this.#streams.set(commit.stream, [json]);
      this.#ends.set(commit.stream, commit.last);
      for (const listener of this.#listeners) this.#tell(listener, json);
    }
  }

  /** Microtasks run in the order they were queued, so every listener hears in the order of recording. */
  #tell(listener: ChangeListener, json: string): void {
    queueMicrotask(() => {
      if (this.#listeners.has(listener)) listener(JSON.parse(json));
    });
  }
}
