import { isEverfoldError } from '@everfold/core';
import type { Checkpoint, Checkpoints } from './checkpoints.js';
import { type DeliveryPorts, deliver } from './delivery.js';
import { pause } from './pause.js';
import { type ShardState, shardsToBegin, whereToBegin } from './shard-order.js';
import type { Cursor, Shard } from './source.js';
import type { CompleteConsumer } from './stream-consumer.js';

/** What a subscription needs beside its consumer. */
export interface SubscriptionPorts extends DeliveryPorts {
  readonly checkpoints: Checkpoints;
  /** Called when a shard was read to its end: others may follow it. */
  readonly onShardEnd: () => void;
}

/** One consumer's way through a stream: each shard in its turn, one batch at a time, at its own pace. */
export class Subscription {
  readonly #consumer: CompleteConsumer;
  readonly #source: string;
  readonly #ports: SubscriptionPorts;
  readonly #states = new Map<string, ShardState>();
  readonly #reading = new Set<Promise<void>>();
  #hasBegun = false;

  constructor(consumer: CompleteConsumer, source: string, ports: SubscriptionPorts) {
    this.#consumer = consumer;
    this.#source = source;
    this.#ports = ports;
  }

  /** Begins the shards whose turn has come. Resolves once their positions are fixed. */
  async follow(shards: readonly Shard[]): Promise<void> {
    const checkpoints = new Map<string, Checkpoint>();
    for (const { id } of shards) {
      const checkpoint = this.#states.has(id) ? undefined : await this.#ports.checkpoints.load(this.#key(id));
      if (checkpoint !== undefined) checkpoints.set(id, checkpoint);
    }
    const isNew = !this.#hasBegun && checkpoints.size === 0;
    this.#hasBegun = true;
    const start = isNew ? this.#consumer.start : 'TRIM_HORIZON';
    // A shard that was done with before makes room for its children at once.
    let next = shardsToBegin(shards, this.#states);
    while (next.length > 0) {
      for (const shard of next) {
        await this.#begin(shard, whereToBegin(checkpoints.get(shard.id), { isClosed: shard.isClosed, start }));
      }
      next = shardsToBegin(shards, this.#states);
    }
  }

  /** Resolves once nothing is being read or delivered any more. */
  async finish(): Promise<void> {
    await Promise.all(this.#reading);
  }

  async #begin(shard: Shard, position: ReturnType<typeof whereToBegin>): Promise<void> {
    if (position === 'SHARD_END') {
      this.#states.set(shard.id, 'done');
      return;
    }
    const cursor = await shard.open(position);
    this.#states.set(shard.id, 'reading');
    const reading = this.#read(shard, cursor).finally(() => this.#reading.delete(reading));
    this.#reading.add(reading);
  }

  async #read(shard: Shard, cursor: Cursor): Promise<void> {
    const { signal, log } = this.#ports;
    const passage = {
      consumer: this.#consumer,
      source: this.#source,
      advance: (last: { readonly dynamodb: { readonly SequenceNumber: string } }) =>
        this.#save(shard, { after: last.dynamodb.SequenceNumber }),
    };
    try {
      let isLast = false;
      while (!isLast && !signal.aborted) {
        const { batchSize, windowSeconds } = this.#consumer;
        const page = await cursor.read(batchSize);
        if (page.records.length > 0) await deliver(page.records, passage, this.#ports);
        isLast = page.isLast;
        const isGathering = windowSeconds > 0 && page.records.length > 0 && page.records.length < batchSize && !isLast;
        if (isGathering) await pause(windowSeconds * 1_000, this.#ports);
      }
      if (signal.aborted) return;
    } catch (error) {
      if (signal.aborted) return;
      log.warn(`Function "${this.#consumer.name}" cannot go on: ${describe(error)}`);
      // A stream that fails for another reason is left as it stands, so that a restart begins where this ended.
      if (!isEverfoldError(error, 'SHARD_LOST')) return;
    }
    await this.#save(shard, 'SHARD_END');
    this.#states.set(shard.id, 'done');
    this.#ports.onShardEnd();
  }

  /** A position that could not be kept costs nothing but a second delivery after a restart. */
  async #save(shard: Shard, checkpoint: Checkpoint): Promise<void> {
    try {
      await this.#ports.checkpoints.save(this.#key(shard.id), checkpoint);
    } catch (error) {
      const { name } = this.#consumer;
      this.#ports.log.warn(`The position of function "${name}" in ${shard.id} could not be kept: ${describe(error)}`);
    }
  }

  #key(shard: string) {
    return { consumer: this.#consumer.name, source: this.#source, shard };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
