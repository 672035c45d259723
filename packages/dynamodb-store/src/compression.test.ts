import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import type { Item } from './commit-item.js';
import { COMPRESS_ABOVE_BYTES, compact, unpacked, writeUnits } from './compression.js';
import { itemBytes } from './item-bytes.js';

const itemOf = (events: string, state?: string): Record<string, AttributeValue> => ({
  stream: { S: 'order-1' },
  events: { S: events },
  ...(state === undefined ? {} : { state: { S: state } }),
});

function bytesIn(item: Item, name: string): Uint8Array {
  return item[name]?.B ?? Uint8Array.of();
}

describe('compact', () => {
  test('leaves an item alone that costs one write unit', () => {
    const room = COMPRESS_ABOVE_BYTES - itemBytes(itemOf(''));
    const item = itemOf('x'.repeat(room));

    expect(itemBytes(item)).toBe(1_024);
    expect(compact(item, COMPRESS_ABOVE_BYTES)).toBe(item);
    expect(compact(itemOf('x'.repeat(room + 1)), COMPRESS_ABOVE_BYTES)).toHaveProperty('enc', { S: 'gzip' });
  });

  test('makes of events and state what gunzip undoes', () => {
    const packed = compact(itemOf('e'.repeat(3_000), 's'.repeat(3_000)), 0);

    expect(Object.keys(packed).sort()).toEqual(['enc', 'events', 'state', 'stream']);
    expect(['events', 'state'].map((name) => gunzipSync(bytesIn(packed, name)).toString())).toEqual([
      'e'.repeat(3_000),
      's'.repeat(3_000),
    ]);
  });

  test('leaves an item alone when that would save no write unit', () => {
    const noise = itemOf(
      randomBytes(1_500)
        .toString('latin1')
        .replaceAll(/[^ -~]/g, 'x'),
    );
    const hex = itemOf(randomBytes(600).toString('base64'));

    for (const item of [noise, hex]) {
      const packed = compact(item, 0);
      const saved = writeUnits(itemBytes(item)) - writeUnits(itemBytes(packed));
      expect(packed === item ? saved : Math.min(saved, 1)).toBe(packed === item ? 0 : 1);
    }
    expect(compact(itemOf('x'.repeat(500)), 0)).not.toHaveProperty('enc');
  });

  test('never compresses where it is told not to', () => {
    const item = itemOf('x'.repeat(100_000));

    expect(compact(item, Number.POSITIVE_INFINITY)).toBe(item);
  });
});

describe('unpacked', () => {
  test('gives back texts of any length, whether or not there is room for them at once', () => {
    for (const length of [0, 1, 62, 63, 64, 4_096, 65_535, 65_536, 65_537, 300_000]) {
      const text = randomBytes(length).toString('latin1').slice(0, length);
      expect(unpacked(gzipSync(text))).toBe(text);
    }
  });

  test('takes the length at the end for a hint: a member that follows another says its own', () => {
    expect(unpacked(Buffer.concat([gzipSync('x'.repeat(100_000)), gzipSync('y')]))).toBe(`${'x'.repeat(100_000)}y`);
  });

  test('refuses bytes that are too few to be anything', () => {
    for (const bytes of [Uint8Array.of(), Uint8Array.of(31, 139)]) expect(() => unpacked(bytes)).toThrow();
  });

  test('refuses bytes that are damaged', () => {
    const bytes = Uint8Array.from(bytesIn(compact(itemOf('e'.repeat(3_000)), 0), 'events'));
    bytes[15] = (bytes[15] ?? 0) ^ 1;

    expect(() => unpacked(bytes)).toThrow();
  });
});
