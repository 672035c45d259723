import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  type Commit,
  CommitTooLargeError,
  carriedState,
  type Snapshot,
  type SnapshotSkippedListener,
} from '@everfold/core';
import { type CommitItem, toItem } from './commit-item.js';
import { compact } from './compression.js';
import { itemBytes } from './item-bytes.js';

/** DynamoDB's largest item. Source: Developer Guide, "Service, account, and table quotas in Amazon DynamoDB". */
export const LARGEST_ITEM_BYTES = 400 * 1024;

/** How commits become items. */
export interface Encoding {
  /** Items of no more bytes are not compressed. */
  readonly compressAboveBytes: number;
  readonly onSnapshotSkipped: SnapshotSkippedListener;
}

type EncodedItem = CommitItem & Record<string, AttributeValue>;

/**
 * The items of a commit: one, unless it is too large for that. The snapshot goes with the last, if there is room.
 *
 * @throws CommitTooLargeError when one event alone does not fit into an item.
 */
export function toItems(
  commit: Commit,
  snapshot: Snapshot | undefined,
  encoding: Encoding,
): readonly [EncodedItem, ...EncodedItem[]] {
  const whole = compact(toItem(commit), encoding.compressAboveBytes);
  if (itemBytes(whole) <= LARGEST_ITEM_BYTES) return [withSnapshot(whole, commit, snapshot, encoding)];
  const { offset = 0 } = commit;
  const [first, ...others] = fitting({ ...commit, offset }, encoding).map((part) => ({
    ...part,
    offset: part.offset ?? { N: '0' },
    end: { N: String(commit.last) },
  }));
  const last = others.pop();
  if (first === undefined || last === undefined) return [whole];
  return [first, ...others, withSnapshot(last, commit, snapshot, encoding)];
}

/** Room for the attribute that says where the whole ends. */
const END_BYTES = 32;

/** How full the items of a split are meant to be: events are of unequal size, and parts compress unequally. */
const FILL = 0.9;

function fitting(part: Commit, encoding: Encoding): EncodedItem[] {
  const item = compact(toItem(part), encoding.compressAboveBytes);
  const bytes = itemBytes(item);
  if (bytes + END_BYTES <= LARGEST_ITEM_BYTES) return [item];
  const { version, events, offset = 0 } = part;
  if (events.length === 1) {
    const reason = `its event "${events[0]?.type}" alone makes an item of ${bytes} bytes and DynamoDB takes ${LARGEST_ITEM_BYTES}`;
    throw new CommitTooLargeError(part.stream, reason);
  }
  // As many parts as it takes, in one step: each halving would compress all of it once more.
  const count = Math.max(2, Math.ceil(bytes / (LARGEST_ITEM_BYTES * FILL)));
  const size = Math.ceil(events.length / count);
  return Array.from({ length: Math.ceil(events.length / size) }, (_, index) => {
    const some = events.slice(index * size, (index + 1) * size);
    const first = version + index * size;
    const last = first + some.length - 1;
    return fitting({ ...part, version: first, last, events: some, offset: offset + index * size }, encoding);
  }).flat();
}

function withSnapshot(
  item: EncodedItem,
  { stream, last: version }: Commit,
  snapshot: Snapshot | undefined,
  encoding: Encoding,
): EncodedItem {
  if (snapshot === undefined) return item;
  const attributes = snapshotOn(item, snapshot, encoding);
  if (!('reason' in attributes)) return attributes.item;
  encoding.onSnapshotSkipped({ stream, version, schema: snapshot.schema, reason: attributes.reason });
  return item;
}

/** An item with a snapshot, or the reason why it cannot have it. */
export function snapshotOn<TItem extends Record<string, AttributeValue>>(
  item: TItem,
  snapshot: Snapshot,
  { compressAboveBytes }: Pick<Encoding, 'compressAboveBytes'>,
): { readonly item: TItem } | { readonly reason: string } {
  const carried = carriedState(snapshot);
  if ('reason' in carried) return carried;
  const { state } = carried;
  const bare = { ...item, state: { S: state }, schema: { S: snapshot.schema } };
  const packed = compact(bare, compressAboveBytes);
  const bytes = itemBytes(packed);
  if (bytes <= LARGEST_ITEM_BYTES) return { item: packed };
  const reason = `with the state, its item has ${bytes} bytes and DynamoDB takes ${LARGEST_ITEM_BYTES}; keep less in the state`;
  return { reason };
}
