/**
 * How far streams have come, as far as this process has seen: everything of a stream up to its version is in the read
 * model. It saves reads, and nothing depends on it: the oldest entries are forgotten beyond `capacity`.
 */
export class StreamMemory {
  readonly #capacity: number;
  /** In the order of last use. */
  readonly #versions = new Map<string, number>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(stream: string): number | undefined {
    const version = this.#versions.get(stream);
    if (version !== undefined) this.#use(stream, version);
    return version;
  }

  advance(stream: string, version: number): void {
    this.#use(stream, Math.max(version, this.#versions.get(stream) ?? 0));
    if (this.#versions.size <= this.#capacity) return;
    for (const oldest of this.#versions.keys()) {
      this.#versions.delete(oldest);
      return;
    }
  }

  #use(stream: string, version: number): void {
    this.#versions.delete(stream);
    this.#versions.set(stream, version);
  }
}
