import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Commit, RecordedEvent } from '@everfold/core';
import { EventTooLargeError } from './errors.js';

/** An event on its way to the bus. */
export interface OutgoingEvent {
  readonly commit: Commit;
  readonly event: RecordedEvent;
  readonly entry: PutEventsRequestEntry;
}

/** Source: EventBridge API Reference, "PutEvents": 1 to 10 entries. */
const MOST_ENTRIES = 10;

/** Source: EventBridge API Reference, "PutEvents": the total entry size must be less than 1 MB. */
export const LARGEST_REQUEST_BYTES = 1024 * 1024 - 1;

/**
 * The size that EventBridge limits: 14 bytes for the time, and the UTF-8 bytes of source, type, detail and resources.
 * Source: EventBridge User Guide, "Calculating PutEvents event entry size".
 */
export function entryBytes({
  Time,
  Source = '',
  DetailType = '',
  Detail = '',
  Resources = [],
}: PutEventsRequestEntry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return (Time === undefined ? 0 : 14) + texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** What is wrong with the size of an event's entry, if anything. */
export function checkEntrySize(
  { id, stream, type }: RecordedEvent,
  entry: PutEventsRequestEntry,
): EventTooLargeError | undefined {
  const bytes = entryBytes(entry);
  return bytes > LARGEST_REQUEST_BYTES
    ? new EventTooLargeError({ id, stream, type, bytes, limit: LARGEST_REQUEST_BYTES })
    : undefined;
}

/** Packs entries, in order, into as few requests as the API's limits allow. An entry over the limit is alone in its request. */
export function toRequests<TItem extends { readonly entry: PutEventsRequestEntry }>(
  items: readonly TItem[],
): TItem[][] {
  const requests: TItem[][] = [];
  let current: TItem[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = entryBytes(item.entry);
    if (current.length > 0 && (current.length === MOST_ENTRIES || bytes + size > LARGEST_REQUEST_BYTES)) {
      requests.push(current);
      current = [];
      bytes = 0;
    }
    current.push(item);
    bytes += size;
  }
  if (current.length > 0) requests.push(current);
  return requests;
}
