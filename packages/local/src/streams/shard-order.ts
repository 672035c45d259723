import type { Checkpoint } from './checkpoints.js';
import type { Position, Shard } from './source.js';

/** Where a consumer stands in a shard: it has not begun, is reading, or is done with it. */
export type ShardState = 'reading' | 'done';

/** What a shard looks like to whoever orders shards. */
export type ShardLink = Pick<Shard, 'id' | 'parent'>;

/**
 * The shards that a consumer may begin: those whose parent it is done with, or whose parent was gone before it came.
 * Records of one item are in order only along parent and child.
 * Source: DynamoDB Developer Guide, "Change data capture for DynamoDB Streams".
 */
export function shardsToBegin<TShard extends ShardLink>(
  shards: readonly TShard[],
  states: ReadonlyMap<string, ShardState>,
): readonly TShard[] {
  const listed = new Set(shards.map(({ id }) => id));
  return shards.filter(({ id, parent }) => {
    if (states.has(id)) return false;
    if (parent === undefined) return true;
    const parentState = states.get(parent);
    return parentState === 'done' || (parentState === undefined && !listed.has(parent));
  });
}

/**
 * Where a consumer begins a shard that it has not read in this process.
 *
 * `LATEST` holds for the shards there are when a consumer first comes; what was closed by then, it passes over. Shards
 * that come later are read from their beginning, or what they got before they were found would be lost.
 */
export function whereToBegin(
  checkpoint: Checkpoint | undefined,
  { isClosed, start }: { readonly isClosed: boolean; readonly start: 'TRIM_HORIZON' | 'LATEST' },
): Position | 'SHARD_END' {
  if (checkpoint !== undefined) return checkpoint;
  return start === 'LATEST' && isClosed ? 'SHARD_END' : start;
}
