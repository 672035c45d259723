import { describe, expect, it } from 'vitest';
import { compareText, shardOf, shardsFrom } from './row-set.js';

describe('the partition of a row', () => {
  it('is the same for ever', () => {
    const rows = { id: 'orders@1', spread: 1000 };

    // The hashes that the authors of FNV publish, modulo 1,000.
    expect(shardOf(rows, '')).toBe(0x811c9dc5 % 1000);
    expect(shardOf(rows, 'a')).toBe(0xe40c292c % 1000);
    expect(shardOf(rows, 'foobar')).toBe(0xbf9cf968 % 1000);
  });

  it('is one of all, about equally often', () => {
    const rows = { id: 'orders@1', spread: 10 };
    const counts = new Array<number>(10).fill(0);
    for (let index = 0; index < 10_000; index++) {
      const shard = shardOf(rows, `order-${index}`);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }

    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1200);
  });
});

describe('the partitions of all rows', () => {
  const rows = { id: 'orders@1', spread: 4 };

  it('are read in order, either way', () => {
    expect(shardsFrom(rows, { cursor: undefined, descending: false })).toEqual([0, 1, 2, 3]);
    expect(shardsFrom(rows, { cursor: undefined, descending: true })).toEqual([3, 2, 1, 0]);
  });

  it('are read from the one that holds the cursor', () => {
    const cursor = Array.from({ length: 50 }, (_, index) => `k${index}`).find((key) => shardOf(rows, key) === 2);

    expect(shardsFrom(rows, { cursor, descending: false })).toEqual([2, 3]);
    expect(shardsFrom(rows, { cursor, descending: true })).toEqual([2, 1, 0]);
  });
});

describe('text', () => {
  it('is compared by its bytes, not by its UTF-16 units', () => {
    expect(['🙂', '\uffee', 'a', 'B', ''].sort(compareText)).toEqual(['', 'B', 'a', '\uffee', '🙂']);
  });
});
