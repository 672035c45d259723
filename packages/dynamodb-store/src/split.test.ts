import { randomBytes } from 'node:crypto';
import type { Commit, SnapshotSkipped } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { endVersionOf, fromItem, stateOf, toItem } from './commit-item.js';
import { itemBytes } from './item-bytes.js';
import { LARGEST_ITEM_BYTES, toItems } from './split.js';
import { joined, toPart } from './whole-commits.js';

const skipped: SnapshotSkipped[] = [];
const encoding = { compressAboveBytes: 1_024, onSnapshotSkipped: (skip: SnapshotSkipped) => skipped.push(skip) };
const asIs = { ...encoding, compressAboveBytes: Number.POSITIVE_INFINITY };

/** Text that does not compress below three quarters. */
const noise = (length: number) => randomBytes(length).toString('base64').slice(0, length);

function commitOf(texts: readonly string[], version = 4): Commit {
  return {
    stream: 'order-1',
    version,
    last: version + texts.length - 1,
    id: '01JB0000000000000000000000',
    at: '2026-01-02T03:04:05.006Z',
    events: texts.map((text) => ({ type: 'Written', data: text })),
    metadata: { correlationId: 'c', causationId: 'k' },
  };
}

describe('toItems', () => {
  test('makes one item of a commit that fits, to the last byte', () => {
    const room = LARGEST_ITEM_BYTES - itemBytes(toItem(commitOf([''])));

    const [item, ...others] = toItems(commitOf(['x'.repeat(room)]), undefined, asIs);

    expect(itemBytes(item)).toBe(409_600);
    expect(others).toEqual([]);
    expect(item).not.toHaveProperty('end');
  });

  test('refuses a single event that does not fit by a byte, and names it', () => {
    const room = LARGEST_ITEM_BYTES - itemBytes(toItem(commitOf([''])));

    expect(() => toItems(commitOf(['x'.repeat(room + 1)]), undefined, asIs)).toThrow(
      expect.objectContaining({
        code: 'COMMIT_TOO_LARGE',
        stream: 'order-1',
        message: expect.stringContaining(
          'event "Written" alone makes an item of 409601 bytes and DynamoDB takes 409600',
        ),
      }),
    );
  });

  test('compresses before it splits', () => {
    const items = toItems(commitOf(['x'.repeat(600_000), 'x'.repeat(600_000)]), undefined, encoding);

    expect(items).toHaveLength(1);
    expect(itemBytes(items[0])).toBeLessThan(3_000);
  });

  test('splits what is too large into items that follow on one another, each within the limit', () => {
    const commit = commitOf(Array.from({ length: 10 }, () => noise(130_000)));

    const items = toItems(commit, undefined, encoding);

    expect(items.length).toBeGreaterThan(2);
    expect(items.every((item) => itemBytes(item) <= LARGEST_ITEM_BYTES)).toBe(true);
    expect(items.map(endVersionOf)).toEqual(items.map(() => 13));
    expect(items.map(({ commit: id }) => id)).toEqual(items.map(() => ({ S: commit.id })));
    const parts = items.map(toPart);
    expect(parts.map(({ commit: part }) => (part.offset ?? 0) + 4)).toEqual(
      parts.map(({ commit: part }) => part.version),
    );
    expect(parts.slice(1).map(({ commit: part }) => part.version)).toEqual(
      parts.slice(0, -1).map(({ commit: part }) => part.last + 1),
    );
    expect(joined(parts)).toStrictEqual(commit);
  });

  test('keeps its ids right where the commit is itself the rest of one', () => {
    const commit = { ...commitOf(Array.from({ length: 6 }, () => noise(200_000))), offset: 2 };

    const items = toItems(commit, undefined, encoding);

    expect(fromItem(items[0]).offset).toBe(2);
    expect(joined(items.map(toPart))).toStrictEqual(commit);
  });
});

describe('a snapshot', () => {
  test('goes with the item of its commit', () => {
    const [item] = toItems(commitOf(['a']), { schema: '1', state: { total: 7 } }, encoding);

    expect(item).toMatchObject({ state: { S: '{"total":7}' }, schema: { S: '1' } });
    expect(fromItem(item)).toStrictEqual(commitOf(['a']));
  });

  test('goes with the last item of a commit in several', () => {
    const commit = commitOf(Array.from({ length: 4 }, () => noise(150_000)));

    const items = toItems(commit, { schema: '1', state: 7 }, encoding);

    expect(items.map((item) => stateOf(item, '1'))).toEqual([...items.slice(1).map(() => undefined), { state: 7 }]);
  });

  test('is compressed where that saves a write unit', () => {
    const [item] = toItems(commitOf(['a']), { schema: '1', state: 'x'.repeat(50_000) }, encoding);

    expect(itemBytes(item)).toBeLessThan(1_024);
    expect(stateOf(item, '1')).toEqual({ state: 'x'.repeat(50_000) });
    expect(fromItem(item)).toStrictEqual(commitOf(['a']));
  });

  test.each([
    [
      'is too large to be carried',
      { value: noise(600_000) },
      /with the state, its item has \d+ bytes and DynamoDB takes/,
    ],
    ['JSON would change', { since: new Date(0) }, /since: JSON has no Date; give the snapshot a codec/],
  ])('that %s is left out, and somebody hears of it', (_name, state, reason) => {
    skipped.length = 0;

    const items = toItems(commitOf(['a', 'b']), { schema: '1', state }, encoding);

    expect(items).toEqual(toItems(commitOf(['a', 'b']), undefined, encoding));
    expect(skipped).toEqual([{ stream: 'order-1', version: 5, schema: '1', reason: expect.stringMatching(reason) }]);
  });
});
