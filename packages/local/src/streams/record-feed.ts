import type { DynamoDBRecord } from 'aws-lambda';
import type { Cursor, Page, Position, SequencedRecord, Shard, StreamConnection, StreamSource } from './source.js';

/**
 * A stream in this process's memory, in place of a table's. It has one shard and keeps everything.
 *
 * @example
 * ```ts
 * const feed = new RecordFeed('memory:orders');
 * feed.push({ eventName: 'INSERT', dynamodb: { Keys: { stream: { S: 'order-1' } } } });
 * ```
 */
export class RecordFeed implements StreamSource {
  readonly name: string;
  readonly #records: SequencedRecord[] = [];
  /** Readers that wait for a record. */
  readonly #waiting = new Set<() => void>();

  /** @param name - What dead letters and warnings call it. */
  constructor(name: string) {
    this.name = name;
  }

  /** Adds a record, and gives it its sequence number. */
  push(record: DynamoDBRecord): void {
    const SequenceNumber = String(this.#records.length + 1).padStart(21, '0');
    this.#records.push({ ...record, dynamodb: { ...record.dynamodb, SequenceNumber } });
    for (const wake of this.#waiting) wake();
  }

  connect(signal: AbortSignal): StreamConnection {
    const shard: Shard = {
      id: this.name,
      parent: undefined,
      isClosed: false,
      open: async (position) => this.#open(position, signal),
    };
    return { shards: async () => [shard] };
  }

  #open(position: Position, signal: AbortSignal): Cursor {
    let index = this.#find(position);
    return {
      read: async (limit): Promise<Page> => {
        if (index === this.#records.length) await this.#wait(signal);
        const records = signal.aborted ? [] : this.#records.slice(index, index + limit);
        index += records.length;
        return { records, isLast: false };
      },
    };
  }

  #find(position: Position): number {
    if (position === 'TRIM_HORIZON') return 0;
    return position === 'LATEST' ? this.#records.length : Number(position.after);
  }

  /** Resolves at the next record, or when the signal is aborted. */
  #wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
