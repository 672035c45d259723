import { ShardWalk, type WalkPorts } from './shard-walk.js';
import { SharedCursor, type Window } from './shared-cursor.js';
import type { Cursor, Page, Position, SequencedRecord } from './source.js';

/** How much of a shard's tail is kept for readers that are not quite as fast as the fastest, bytes. */
const KEPT_BYTES = 16 * 1024 * 1024;

/**
 * Reads a shard once for many cursors.
 *
 * It keeps a window of what was read last, and the cursors move in it; whoever is at its end has it extended, for all.
 * A cursor that is outside of it, having fallen behind or begun elsewhere, reads alone until it finds itself within.
 * So nobody waits for a slower reader, and what is kept stays bounded.
 */
export class ShardReader implements Window {
  readonly #shardId: string;
  readonly #ports: WalkPorts;
  readonly #window: SequencedRecord[] = [];
  /** Where the records of the window are, counted from the first one ever read. */
  readonly #offsets = new Map<string, number>();
  #base = 0;
  #bytes = 0;
  /** The position before the window. */
  #origin: Position | undefined;
  #walk: ShardWalk | undefined;
  #isComplete = false;
  #extending: Promise<void> | undefined;

  constructor(shardId: string, ports: WalkPorts) {
    this.#shardId = shardId;
    this.#ports = ports;
  }

  /** A new cursor at the position. Costs one request for `LATEST`, else none. */
  async open(position: Position): Promise<Cursor> {
    const walkFrom = (from: Position) => new ShardWalk(this.#shardId, from, this.#ports);
    const cursor = new SharedCursor(this, position, walkFrom);
    if (position === 'LATEST') {
      await cursor.begin();
    } else {
      this.#walk ??= walkFrom(position);
      this.#origin ??= position;
    }
    return cursor;
  }

  find(position: Position): number | undefined {
    if (this.#origin === undefined || position === 'LATEST') return undefined;
    if (typeof position === 'string') return this.#origin === position ? this.#base : undefined;
    const offset = this.#offsets.get(position.after);
    if (offset !== undefined) return offset + 1;
    const isOrigin = typeof this.#origin === 'object' && this.#origin.after === position.after;
    return isOrigin ? this.#base : undefined;
  }

  async read(offset: number, limit: number): Promise<Page> {
    if (offset === this.#end && !this.#isComplete) {
      this.#extending ??= this.#extend().finally(() => {
        this.#extending = undefined;
      });
      await this.#extending;
    }
    const start = offset - this.#base;
    const records = start < 0 ? [] : this.#window.slice(start, start + limit);
    return { records, isLast: this.#isComplete && offset + records.length === this.#end };
  }

  get #end(): number {
    return this.#base + this.#window.length;
  }

  async #extend(): Promise<void> {
    if (!this.#walk) return;
    const { records, isLast } = await this.#walk.next();
    for (const record of records) {
      this.#offsets.set(record.dynamodb.SequenceNumber, this.#end);
      this.#window.push(record);
      this.#bytes += sizeOf(record);
    }
    this.#isComplete = isLast;
    this.#trim();
  }

  /** Forgets the oldest records. A page is a megabyte at the most, so what was just read always stays. */
  #trim(): void {
    let count = 0;
    for (const record of this.#window) {
      if (this.#bytes <= KEPT_BYTES) break;
      this.#bytes -= sizeOf(record);
      this.#offsets.delete(record.dynamodb.SequenceNumber);
      this.#origin = { after: record.dynamodb.SequenceNumber };
      count += 1;
    }
    this.#window.splice(0, count);
    this.#base += count;
  }
}

/** Records take more room in memory than the bytes that DynamoDB counts; this is about their overhead. */
function sizeOf({ dynamodb }: SequencedRecord): number {
  return 1_024 + (dynamodb.SizeBytes ?? 0);
}
