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
  const packed = typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : bytes;
  return gunzipSync(packed, { chunkSize: roomFor(packed) }).toString();
}

/** The least that zlib takes, and the most that is made room for at once: a larger text comes in several pieces. */
const LEAST_ROOM = 64;
const MOST_ROOM = 65_536;

/**
 * Room for a text and a byte more, which saves zlib asking for another piece. By itself it makes room for 16 KB each time,
 * which takes longer than unpacking a usual commit. How long the text is, is in the last four bytes; what they
 * say is no more than a hint. Source: RFC 1952, section 2.3.1, "ISIZE".
 */
function roomFor(packed: Uint8Array): number {
  const { buffer, byteOffset, byteLength } = packed;
  if (byteLength < 4) return LEAST_ROOM;
  const size = new DataView(buffer, byteOffset + byteLength - 4, 4).getUint32(0, true);
  return Math.min(Math.max(size + 1, LEAST_ROOM), MOST_ROOM);
}

/** Write units of an item. Source: Developer Guide, "DynamoDB read and write operations". */
export function writeUnits(bytes: number): number {
  return Math.ceil(bytes / 1024);
}
