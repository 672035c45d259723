import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Commit } from '@everfold/core';
import { type PublicEvent, toEntry, toReferenceEntry } from './envelope.js';
import { EventTooLargeError } from './errors.js';

/** An entry with its size, as EventBridge counts it. */
export interface SizedEntry {
  readonly entry: PutEventsRequestEntry;
  readonly bytes: number;
}

/** An event on its way to the bus. */
export interface OutgoingEvent extends SizedEntry {
  readonly commit: Commit;
  /** Its id. */
  readonly id: string;
}

/** Source: EventBridge API Reference, "PutEvents": 1 to 10 entries. */
const MOST_ENTRIES = 10;

/** Source: EventBridge API Reference, "PutEvents": the total entry size must be less than 1 MB. There is no other limit for one entry. */
export const LARGEST_REQUEST_BYTES = 1024 * 1024 - 1;

/**
 * An entry up to this size reaches a function: the event that EventBridge makes of it is larger by its own fields (id,
 * account, region, …), some 250 bytes, and a function is called asynchronously with 1 MB at most.
 * Source: EventBridge User Guide, "Calculating PutEvents event entry size", note; Lambda Developer Guide, "Lambda quotas".
 */
export const LARGEST_WHOLE_BYTES = 1024 * 1024 - 1024;

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

/**
 * The entry of an event: with its data where that is small enough, else with a reference to it.
 *
 * @throws EventTooLargeError when the bus takes neither.
 */
export function fittingEntry(
  published: PublicEvent,
  { referenceAboveBytes, ...address }: { busName: string; source: string; referenceAboveBytes: number },
): SizedEntry {
  const whole = sized(toEntry(published.event, address));
  if (whole.bytes <= referenceAboveBytes) return whole;
  if (published.recorded) {
    const reference = sized(toReferenceEntry(published.event, address));
    if (reference.bytes < whole.bytes && reference.bytes <= LARGEST_WHOLE_BYTES) return reference;
  }
  if (whole.bytes <= LARGEST_WHOLE_BYTES) return whole;
  throw new EventTooLargeError(published, whole.bytes, LARGEST_WHOLE_BYTES);
}

function sized(entry: PutEventsRequestEntry): SizedEntry {
  return { entry, bytes: entryBytes(entry) };
}

/** Packs entries, in order, into as few requests as the API's limits allow. An entry over the limit is alone in its request. */
export function toRequests<TItem extends Pick<SizedEntry, 'bytes'>>(items: readonly TItem[]): TItem[][] {
  const requests: TItem[][] = [];
  let current: TItem[] = [];
  let total = 0;
  for (const item of items) {
    if (current.length > 0 && (current.length === MOST_ENTRIES || total + item.bytes > LARGEST_REQUEST_BYTES)) {
      requests.push(current);
      current = [];
      total = 0;
    }
    current.push(item);
    total += item.bytes;
  }
  if (current.length > 0) requests.push(current);
  return requests;
}
