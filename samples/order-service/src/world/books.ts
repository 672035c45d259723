/** The books of somebody outside the service: entries that are there for good, found by their idempotency key. */
export interface Books<TEntry> {
  /** Enters `entry` unless there is one under the key. @returns The entry that stands. */
  enter(key: string, entry: TEntry): Promise<TEntry>;
  /** Replaces what stands under the key, in one step. @returns The entry that stands then. */
  amend(key: string, change: (entry: TEntry | undefined) => TEntry): Promise<TEntry>;
  /** What stands under the key. */
  find(key: string): Promise<TEntry | undefined>;
  /** Every entry. */
  all(): AsyncIterable<TEntry>;
}

/** Books that are gone with the process. */
export class InMemoryBooks<TEntry> implements Books<TEntry> {
  readonly #entries = new Map<string, TEntry>();

  async enter(key: string, entry: TEntry): Promise<TEntry> {
    return this.#entries.get(key) ?? this.#put(key, entry);
  }

  async amend(key: string, change: (entry: TEntry | undefined) => TEntry): Promise<TEntry> {
    return this.#put(key, change(this.#entries.get(key)));
  }

  async find(key: string): Promise<TEntry | undefined> {
    return this.#entries.get(key);
  }

  async *all(): AsyncIterable<TEntry> {
    yield* this.#entries.values();
  }

  #put(key: string, entry: TEntry): TEntry {
    this.#entries.set(key, entry);
    return entry;
  }
}
