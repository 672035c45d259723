/** How far a consumer has come in a shard: it is done with a record and all before it, or with the whole shard. */
export type Checkpoint = 'SHARD_END' | { readonly after: string };

/** Whose position it is, and where. */
export interface CheckpointKey {
  /** The function's name. */
  readonly consumer: string;
  /** The stream's name. */
  readonly source: string;
  readonly shard: string;
}

/** Where consumers find their positions again. */
export interface Checkpoints {
  load(key: CheckpointKey): Promise<Checkpoint | undefined>;
  save(key: CheckpointKey, checkpoint: Checkpoint): Promise<void>;
}

/** Positions that last as long as the process. */
export class InMemoryCheckpoints implements Checkpoints {
  readonly #checkpoints = new Map<string, Checkpoint>();

  async load(key: CheckpointKey): Promise<Checkpoint | undefined> {
    return this.#checkpoints.get(toText(key));
  }

  async save(key: CheckpointKey, checkpoint: Checkpoint): Promise<void> {
    this.#checkpoints.set(toText(key), checkpoint);
  }
}

function toText({ consumer, source, shard }: CheckpointKey): string {
  return JSON.stringify([consumer, source, shard]);
}
