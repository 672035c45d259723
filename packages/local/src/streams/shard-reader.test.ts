import { describe, expect, it } from 'vitest';
import { ShardReader } from './shard-reader.js';
import type { Cursor, Page, Position, SequencedRecord } from './source.js';

/** A shard that hands out what a test has put in, `pageSize` records a request, and counts the requests. */
class FakeShard {
  readonly records: SequencedRecord[] = [];
  readonly requests = { getIterator: 0, getRecords: 0 };
  readonly sleeps: number[] = [];
  isClosed = false;
  pageSize = 10;
  readonly #ending = new AbortController();

  /** Adds records numbered `first` to `last`. */
  write(first: number, last: number, SizeBytes = 100): this {
    for (let number = first; number <= last; number += 1) {
      this.records.push({ dynamodb: { SequenceNumber: String(number), SizeBytes } });
    }
    return this;
  }

  close(): this {
    this.isClosed = true;
    return this;
  }

  abort(): void {
    this.#ending.abort();
  }

  reader(): ShardReader {
    return new ShardReader('shard-1', {
      api: {
        streamArn: 'arn:stream',
        getIterator: async (_shardId: string, position: Position) => {
          this.requests.getIterator += 1;
          return String(this.#indexOf(position));
        },
        getRecords: async (iterator: string) => {
          this.requests.getRecords += 1;
          const start = Number(iterator);
          const records = this.records.slice(start, start + this.pageSize);
          const end = start + records.length;
          return { records, next: this.isClosed && end === this.records.length ? undefined : String(end) };
        },
      },
      clock: { now: () => 0, sleep: async (milliseconds) => void this.sleeps.push(milliseconds) },
      random: () => 0,
      log: { warn: () => undefined },
      idleMs: 30,
      signal: this.#ending.signal,
    });
  }

  #indexOf(position: Position): number {
    if (position === 'TRIM_HORIZON') return 0;
    if (position === 'LATEST') return this.records.length;
    return this.records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === position.after) + 1;
  }
}

const numbers = ({ records }: Page): number[] => records.map(({ dynamodb }) => Number(dynamodb.SequenceNumber));

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Reads until a page is empty or the last one. */
async function readOn(cursor: Cursor, limit: number): Promise<number[]> {
  const all: number[] = [];
  let page = await cursor.read(limit);
  while (page.records.length > 0) {
    all.push(...numbers(page));
    if (page.isLast) return all;
    page = await cursor.read(limit);
  }
  return all;
}

describe('ShardReader', () => {
  it('reads each record once for cursors that take it at different sizes', async () => {
    const shard = new FakeShard().write(1, 25);
    const reader = shard.reader();
    const cursors = await Promise.all([reader.open('TRIM_HORIZON'), reader.open('TRIM_HORIZON')]);

    const [small, large] = await Promise.all([readOn(cursors[0], 4), readOn(cursors[1], 100)]);

    expect(small).toEqual(upTo(25));
    expect(large).toEqual(upTo(25));
    expect(shard.requests.getIterator).toBe(1);
    // Three pages with records, and an empty one for whoever came to the end first, then for the other.
    expect(shard.requests.getRecords).toBeLessThanOrEqual(5);
  });

  it('asks once for all who wait at the end', async () => {
    const shard = new FakeShard();
    const reader = shard.reader();
    const cursors = await Promise.all([1, 2, 3].map(() => reader.open('TRIM_HORIZON')));

    await Promise.all(cursors.map((cursor) => cursor.read(10)));

    expect(shard.requests.getRecords).toBe(1);
  });

  it('waits before it asks again only where there was nothing', async () => {
    const shard = new FakeShard().write(1, 20);
    const cursor = await shard.reader().open('TRIM_HORIZON');

    await cursor.read(10);
    await cursor.read(10);
    await cursor.read(10);
    expect(shard.sleeps).toEqual([]);

    await cursor.read(10);
    expect(shard.sleeps).toEqual([30]);
  });

  it('says which page is the last of a closed shard, to each cursor', async () => {
    const shard = new FakeShard().write(1, 15).close();
    const reader = shard.reader();
    const first = await reader.open('TRIM_HORIZON');
    const second = await reader.open('TRIM_HORIZON');

    const pages = [await first.read(10), await first.read(3), await first.read(3), await second.read(100)];

    expect(pages.map(({ isLast }) => isLast)).toEqual([false, false, true, true]);
    expect(pages.map((page) => page.records.length)).toEqual([10, 3, 2, 15]);
  });

  it('tells a cursor that reads alone of the end as well, and not before it', async () => {
    const shard = new FakeShard().write(1, 15).close();
    const reader = shard.reader();
    await reader.open({ after: '14' });
    const cursor = await reader.open('TRIM_HORIZON');

    const pages = [await cursor.read(10), await cursor.read(3), await cursor.read(3)];

    expect(pages.map(numbers)).toEqual([upTo(10), upTo(13, 11), upTo(15, 14)]);
    expect(pages.map(({ isLast }) => isLast)).toEqual([false, false, true]);
  });

  it('ends a closed shard without records', async () => {
    const cursor = await new FakeShard().close().reader().open('TRIM_HORIZON');

    expect(await cursor.read(10)).toEqual({ records: [], isLast: true });
  });

  it('begins after a checkpoint', async () => {
    const shard = new FakeShard().write(1, 25);
    const cursor = await shard.reader().open({ after: '7' });

    expect(await readOn(cursor, 10)).toEqual(upTo(25, 8));
  });

  it('begins after what is there at LATEST, however late the first reading is', async () => {
    const shard = new FakeShard().write(1, 5);
    const cursor = await shard.reader().open('LATEST');
    shard.write(6, 8);

    expect(await readOn(cursor, 10)).toEqual([6, 7, 8]);
  });

  it('lets cursors that began apart share the reading once they meet', async () => {
    const shard = new FakeShard().write(1, 50);
    const reader = shard.reader();
    const ahead = await reader.open({ after: '30' });
    const behind = await reader.open('TRIM_HORIZON');

    expect(await readOn(ahead, 10)).toEqual(upTo(50, 31));
    expect(await readOn(behind, 7)).toEqual(upTo(50));
    const before = shard.requests.getRecords;
    shard.write(51, 60);

    const pages = await Promise.all([ahead.read(10), behind.read(10)]);

    expect(pages.map(numbers)).toEqual([upTo(60, 51), upTo(60, 51)]);
    expect(shard.requests.getRecords).toBe(before + 1);
  });

  describe('when more was read than it keeps', () => {
    const megabyte = 1024 * 1024;

    it('lets a cursor that fell behind read alone, and repeats and leaves out nothing', async () => {
      const shard = new FakeShard().write(1, 100, megabyte);
      const reader = shard.reader();
      const fast = await reader.open('TRIM_HORIZON');
      const slow = await reader.open('TRIM_HORIZON');
      expect(numbers(await slow.read(3))).toEqual([1, 2, 3]);

      expect(await readOn(fast, 10)).toEqual(upTo(100));
      expect(await readOn(slow, 3)).toEqual(upTo(100, 4));
    });

    it('lets a cursor fall behind and catch up again and again', async () => {
      const shard = new FakeShard().write(1, 40, megabyte);
      const reader = shard.reader();
      const fast = await reader.open('TRIM_HORIZON');
      const slow = await reader.open('TRIM_HORIZON');
      const seen: number[] = [];
      for (let round = 1; round <= 3; round += 1) {
        seen.push(...numbers(await slow.read(2)));
        await readOn(fast, 10);
        seen.push(...(await readOn(slow, 2)));
        shard.write(round * 40 + 1, round * 40 + 40, megabyte);
      }

      expect(seen).toEqual(upTo(120));
    });

    it('forgets the oldest records, and knows where the rest begins', async () => {
      const shard = new FakeShard().write(1, 20, 2 * megabyte);
      shard.pageSize = 1;
      const reader = shard.reader();
      await readOn(await reader.open('TRIM_HORIZON'), 10);

      // Seven records of a little more than two megabytes are left.
      expect(reader.find({ after: '12' })).toBeUndefined();
      expect(reader.find({ after: '13' })).toBe(13);
      expect(reader.find({ after: '20' })).toBe(20);
      expect(reader.find('TRIM_HORIZON')).toBeUndefined();
      expect(numbers(await reader.read(13, 2))).toEqual([14, 15]);
    });
  });

  it('gives an empty page without asking once it is told to end', async () => {
    const shard = new FakeShard().write(1, 5);
    const cursor = await shard.reader().open('TRIM_HORIZON');
    shard.abort();

    expect(await cursor.read(10)).toEqual({ records: [], isLast: false });
    expect(shard.requests).toEqual({ getIterator: 0, getRecords: 0 });
  });
});
