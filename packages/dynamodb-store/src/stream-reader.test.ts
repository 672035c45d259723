import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Commit, ReadRange } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { type Item, toItem } from './commit-item.js';
import { Operation } from './connection.js';
import { ItemPages } from './item-pages.js';
import type { QueryRange } from './requests.js';
import { storeContext } from './store-context.js';
import { readBackward, readForward } from './stream-reader.js';

/** An item with events of versions `version` to `last`, of a commit that ends with `end`. */
function item(version: number, last: number, { end = last, offset = 0 } = {}): Item {
  const events = Array.from({ length: last - version + 1 }, (_, index) => ({ type: 'Counted', data: version + index }));
  const commit: Commit = {
    stream: 'order-1',
    version,
    last,
    id: `commit-${end}`,
    at: '2026-01-02T03:04:05.006Z',
    events,
    metadata: { correlationId: 'c', causationId: 'k' },
  };
  return { ...toItem({ ...commit, offset }), end: { N: String(end) } };
}

/** The pages of a stream that has these items, each page of one. */
class PagesInMemory extends ItemPages {
  readonly #items: readonly Item[];

  constructor(items: readonly Item[]) {
    const context = storeContext({ client: new DynamoDBClient({ region: 'local' }), tableName: 'events' });
    super({ ...context, stream: 'order-1', operation: new Operation(context, 'read', 'order-1') });
    this.#items = items;
  }

  override async *of({ from, upTo = Number.POSITIVE_INFINITY, backward = false }: QueryRange) {
    const inRange = this.#items.filter(({ version }) => Number(version?.N) >= from && Number(version?.N) <= upTo);
    if (inRange.length === 0) yield [];
    for (const one of backward ? inRange.toReversed() : inRange) yield [one];
  }
}

async function read(commits: AsyncIterable<readonly Commit[]>) {
  const all: Commit[] = [];
  for await (const some of commits) all.push(...some);
  return all.map(({ version, last, events, offset }) => [version, last, events.map(({ data }) => data), offset]);
}

const backward = (items: readonly Item[], range: ReadRange = {}) => read(readBackward(new PagesInMemory(items), range));
const forward = (items: readonly Item[], range: ReadRange = {}) => read(readForward(new PagesInMemory(items), range));
const corrupted = (version: number) => expect.objectContaining({ code: 'STREAM_CORRUPTED', version });

const first = [1, 3, [1, 2, 3], undefined];
const second = [4, 6, [4, 5, 6], undefined];
const third = [7, 7, [7], undefined];
const whole = [item(1, 3), item(4, 5, { end: 6 }), item(6, 6, { offset: 2 }), item(7, 7)];
const beingWritten = [item(1, 3), item(4, 5, { end: 8 }), item(6, 6, { end: 8, offset: 2 })];

describe('reading', () => {
  test('puts a commit of several items together, in whatever direction', async () => {
    expect(await forward(whole)).toEqual([first, second, third]);
    expect(await backward(whole)).toEqual([third, second, first]);
    expect(await forward(whole, { limit: 2 })).toEqual([first, second]);
    expect(await backward(whole, { limit: 2 })).toEqual([third, second]);
  });

  test('leaves out a commit whose end is not there, wherever the range ends', async () => {
    for (const range of [{}, { upTo: 4 }, { limit: 1 }]) {
      expect(await forward(beingWritten, range)).toEqual([first]);
      expect(await backward(beingWritten, range)).toEqual([first]);
    }
  });

  test('gives the whole of a commit in which the range ends', async () => {
    expect(await forward(whole, { upTo: 4 })).toEqual([first, second]);
    expect(await backward(whole, { upTo: 4 })).toEqual([second, first]);
  });

  test.each([
    [4, [5, 6, [5, 6], 1]],
    [5, [6, 6, [6], 2]],
  ])('gives the rest of a commit in which the range begins, after version %d', async (after, rest) => {
    expect(await forward(whole, { after })).toEqual([rest, third]);
    expect(await backward(whole, { after })).toEqual([third, rest]);
  });

  test('gives the rest of a commit in which the range begins and ends, to the end of the commit', async () => {
    expect(await forward(whole, { after: 4, upTo: 5 })).toEqual([[5, 6, [5, 6], 1]]);
    expect(await backward(whole, { after: 4, upTo: 5 })).toEqual([[5, 6, [5, 6], 1]]);
  });

  test('finds nothing after the end', async () => {
    expect(await forward(whole, { after: 7 })).toEqual([]);
    expect(await backward(whole, { after: 7 })).toEqual([]);
  });

  test('refuses a missing version, between items and before the first', async () => {
    await expect(forward([item(1, 3), item(5, 5)])).rejects.toThrow(corrupted(4));
    await expect(backward([item(4, 5), item(7, 7)])).rejects.toThrow(corrupted(6));
    await expect(backward([item(7, 7)])).rejects.toThrow(corrupted(1));
  });

  test('refuses a missing version within a commit in which the range ends', async () => {
    const gap = [item(1, 3), item(4, 4, { end: 6 }), item(6, 6, { offset: 2 })];

    await expect(forward(gap, { upTo: 4 })).rejects.toThrow(corrupted(5));
    await expect(backward(gap, { upTo: 4 })).rejects.toThrow(corrupted(5));
  });

  test('refuses a doubled version', async () => {
    await expect(forward([item(1, 3), item(3, 5)])).rejects.toThrow(corrupted(4));
    await expect(backward([item(1, 3), item(3, 5)])).rejects.toThrow(corrupted(4));
  });
});
