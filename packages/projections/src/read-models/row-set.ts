import type { RowSet } from './read-model-store.js';

/** Which partition of its set a row is in, from 0. For ever the same: changing this loses every row. */
export function shardOf({ spread }: RowSet, key: string): number {
  return fnv1a(key) % spread;
}

/** The partitions of a set in the order in which `all` reads them, from the one that holds `cursor` on. */
export function shardsFrom(
  rows: RowSet,
  { cursor, descending }: { cursor: string | undefined; descending: boolean },
): number[] {
  const shards = Array.from({ length: rows.spread }, (_, shard) => shard);
  if (descending) shards.reverse();
  return cursor === undefined ? shards : shards.slice(shards.indexOf(shardOf(rows, cursor)));
}

/** Compares as DynamoDB does: by the bytes of UTF-8. */
export function compareText(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** A small hash that spreads well. Source: Fowler, Noll, Vo, "FNV hash", variant 1a with 32 bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
