import type { ShardWalk } from './shard-walk.js';
import type { Cursor, Page, Position } from './source.js';

/** What was read last of a shard, for all of its cursors. */
export interface Window {
  /** The offset of the position; `undefined` if it is outside of the window. */
  find(position: Position): number | undefined;
  /** The records from an offset on; at the end of the window, the next page of the shard. */
  read(offset: number, limit: number): Promise<Page>;
}

const NOTHING: Page = { records: [], isLast: false };

/** Moves through a window, or reads alone where it is outside of it. */
export class SharedCursor implements Cursor {
  readonly #window: Window;
  readonly #walkFrom: (position: Position) => ShardWalk;
  #position: Position;
  /** How it goes on outside of the window. */
  #walk: ShardWalk | undefined;
  /** What it has read outside of the window, and not given out. */
  #ahead = NOTHING;

  constructor(window: Window, position: Position, walkFrom: (position: Position) => ShardWalk) {
    this.#window = window;
    this.#position = position;
    this.#walkFrom = walkFrom;
  }

  /** Fixes a position that is not fixed by itself, which is `LATEST`. Costs one request. */
  async begin(): Promise<void> {
    this.#walk = this.#walkFrom(this.#position);
    await this.#walk.begin();
  }

  async read(limit: number): Promise<Page> {
    const offset = this.#window.find(this.#position);
    const page = await (offset === undefined ? this.#readAlone(limit) : this.#readTogether(offset, limit));
    const last = page.records.at(-1);
    if (last) this.#position = { after: last.dynamodb.SequenceNumber };
    return page;
  }

  #readTogether(offset: number, limit: number): Promise<Page> {
    // What it read alone ends here. Should it fall behind again, it begins where it is then.
    this.#walk = undefined;
    this.#ahead = NOTHING;
    return this.#window.read(offset, limit);
  }

  async #readAlone(limit: number): Promise<Page> {
    if (this.#ahead.records.length === 0 && !this.#ahead.isLast) {
      this.#walk ??= this.#walkFrom(this.#position);
      this.#ahead = await this.#walk.next();
    }
    const { records, isLast } = this.#ahead;
    const rest = records.slice(limit);
    this.#ahead = { records: rest, isLast };
    return { records: records.slice(0, limit), isLast: isLast && rest.length === 0 };
  }
}
