import { gunzipSync, gzipSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { itemBytes } from './item-bytes.js';

/** How Everfold compresses: what `gunzip` undoes. */
export const ENCODING = 'gzip';

/**
 * Items of no more bytes than this are left as they are: one write unit is the least that DynamoDB bills. Above it, even
 * one unit saved is worth far more than the 20 µs or so of compressing (docs/decisions/0006).
 */
export const COMPRESS_ABOVE_BYTES = 1024;

/**
 * Texts of no more characters are compressed with less effort: in half the time, to a few percent more bytes. Above it, the
 * wider window pays.
 */
const SMALL = 16_384;
const LITTLE_EFFORT = { level: 3, memLevel: 5, windowBits: 12, chunkSize: 4096 };

/** Attributes that hold JSON of any length. */
const packable = ['events', 'state'] as const;

/**
 * Compresses what an item holds, if that saves at least one write unit of 1 KB.
 *
 * @param aboveBytes - Items of no more bytes are not tried.
 */
export function compact<TItem extends Record<string, AttributeValue>>(item: TItem, aboveBytes: number): TItem {
  const bytes = itemBytes(item);
  if (bytes <= aboveBytes) return item;
  const packed: Record<string, AttributeValue> = { ...item, enc: { S: ENCODING } };
  for (const name of packable) {
    const text = item[name]?.S;
    if (text !== undefined) packed[name] = { B: gzipSync(text, text.length > SMALL ? {} : LITTLE_EFFORT) };
  }
  return writeUnits(itemBytes(packed)) < writeUnits(bytes) ? { ...item, ...packed } : item;
}

/** Undoes compression. */
export function unpacked(bytes: Uint8Array | string): string {
  // Lambda hands over the bytes of a stream record as base64 text.
  return gunzipSync(typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : bytes).toString();
}

/** Write units of an item. Source: Developer Guide, "DynamoDB read and write operations". */
export function writeUnits(bytes: number): number {
  return Math.ceil(bytes / 1024);
}
