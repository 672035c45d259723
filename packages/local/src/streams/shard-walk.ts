import { type Backoff, jitteredDelay, type Random } from '@everfold/core';
import type { Log } from './log.js';
import { pause, type Waiting } from './pause.js';
import { ShardLostError } from './shard-lost-error.js';
import type { Page, Position } from './source.js';
import type { StreamsApi } from './streams-api.js';

/** What reading a shard needs beside the shard. */
export interface WalkPorts extends Waiting {
  readonly api: Pick<StreamsApi, 'streamArn' | 'getIterator' | 'getRecords'>;
  readonly random: Random;
  readonly log: Log;
  /** How long to wait after an empty answer, milliseconds. */
  readonly idleMs: number;
}

const BACKOFF: Backoff = { firstMs: 100, longestMs: 5_000 };
const NOTHING: Page = { records: [], isLast: false };

/** Reads one shard from a position on, page by page, through everything that may go wrong on the way. */
export class ShardWalk {
  readonly #shardId: string;
  readonly #ports: WalkPorts;
  #position: Position;
  #iterator: string | undefined;
  #isIdle = false;

  constructor(shardId: string, position: Position, ports: WalkPorts) {
    this.#shardId = shardId;
    this.#position = position;
    this.#ports = ports;
  }

  /** Fixes the position: what is written after this is read. Costs one request. */
  async begin(): Promise<void> {
    this.#iterator = await this.#persist(() => this.#getIterator());
  }

  /**
   * The next page. It is empty if there is nothing new, or if the signal was aborted.
   * Costs one request while records come; a new iterator costs another.
   *
   * @throws ShardLostError when the shard or its stream is gone.
   */
  async next(): Promise<Page> {
    if (this.#isIdle) await pause(this.#ports.idleMs, this.#ports);
    const page = (await this.#persist(() => this.#fetch())) ?? NOTHING;
    this.#isIdle = page.records.length === 0;
    return page;
  }

  async #fetch(): Promise<Page> {
    this.#iterator ??= await this.#getIterator();
    if (this.#iterator === undefined) return { records: [], isLast: true };
    const { records, next } = await this.#ports.api.getRecords(this.#iterator);
    this.#iterator = next;
    const last = records.at(-1);
    if (last) this.#position = { after: last.dynamodb.SequenceNumber };
    return { records, isLast: next === undefined };
  }

  #getIterator(): Promise<string | undefined> {
    return this.#ports.api.getIterator(this.#shardId, this.#position);
  }

  /** Tries until it works, ever more slowly, or until the signal is aborted. */
  async #persist<TAnswer>(request: () => Promise<TAnswer>): Promise<TAnswer | undefined> {
    const { signal, random } = this.#ports;
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        return await request();
      } catch (error) {
        if (signal.aborted) break;
        this.#recover(error, failures);
        await pause(jitteredDelay(failures, BACKOFF, random), this.#ports);
      }
    }
    return undefined;
  }

  #recover(error: unknown, failures: number): void {
    const { log, api } = this.#ports;
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const where = `shard ${this.#shardId} of ${api.streamArn}`;
    if (name === 'ResourceNotFoundException') {
      throw new ShardLostError(this.#shardId, api.streamArn, { cause: error });
    }
    if (name === 'ExpiredIteratorException') {
      this.#iterator = undefined;
      if (this.#position === 'LATEST') {
        log.warn(`Nothing was read from ${where} for 15 minutes: what was written meanwhile is passed over.`);
      }
    } else if (name === 'TrimmedDataAccessException') {
      this.#iterator = undefined;
      // DynamoDB Local says so of a shard that was empty when the iterator was made: then nothing was passed over.
      if (this.#position === 'TRIM_HORIZON' && failures === 1) return;
      this.#position = 'TRIM_HORIZON';
      log.warn(`Records of ${where} are gone before they were read, being older than a day. Reading its oldest ones.`);
    } else if (failures === 1) {
      log.warn(`Reading ${where} failed (${name}: ${message}). Trying again until it works.`);
    }
  }
}
