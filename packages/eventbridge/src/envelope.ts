import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import {
  categoryOf,
  checkEvent,
  type EventSchemas,
  type Metadata,
  type RecordedEvent,
  type RecordedEventOf,
  readEvents,
} from '@everfold/core';
import type { EventBridgeEvent } from 'aws-lambda';
import { InvalidEnvelopeError } from './errors.js';

/**
 * What a published event has in its `detail`: the recorded event, whole, so that a consumer needs nothing else.
 * Its type is the `detail-type`.
 */
export interface Envelope<TData = unknown> {
  /** `<commit>.<index>`: the same in every delivery, so that consumers can tell duplicates. */
  readonly id: string;
  /** Where it is recorded: `<category>-<id>`. */
  readonly stream: string;
  /** The stream's category, for rules. */
  readonly category: string;
  /** Its place in the stream, from 1. */
  readonly version: number;
  /** When it was recorded, ISO 8601. */
  readonly at: string;
  /** The form of `data`, from 1, as it was recorded: consumers upcast it. Absent: 1. */
  readonly revision?: number;
  readonly data: TData;
  /** Correlation id, causation id, actor and more. */
  readonly metadata: Metadata;
}

/**
 * Makes the `PutEvents` entry of an event.
 *
 * @param source - Who publishes, such as `shop.orders`.
 */
export function toEntry(
  event: RecordedEvent,
  { busName, source }: { busName: string; source: string },
): PutEventsRequestEntry {
  const { id, stream, version, at, revision, data, metadata } = event;
  const form = revision === undefined ? { data } : { revision, data };
  const envelope: Envelope = { id, stream, category: categoryOf(stream), version, at, ...form, metadata };
  return {
    EventBusName: busName,
    Source: source,
    DetailType: event.type,
    Time: new Date(at),
    Detail: JSON.stringify(envelope),
  };
}

/**
 * Reads the recorded event out of a delivery: upcast, decoded, and its data checked against the schema of its type.
 *
 * @returns One event; several or none where the definition upcasts it so.
 * @throws InvalidEnvelopeError when the detail is not an envelope of Everfold.
 * @throws UnknownEventError, NewerRevisionError, UnreadableEventError when the definitions cannot read it.
 * @throws InvalidEventError when its data fails the schema.
 */
export async function fromDelivery<TSchemas extends EventSchemas>(
  schemas: TSchemas,
  delivery: EventBridgeEvent<string, unknown>,
): Promise<readonly RecordedEventOf<TSchemas>[]> {
  const type = delivery['detail-type'];
  const { id, stream, version, at, revision, data, metadata } = checkEnvelope(type, delivery.detail);
  const form = revision === undefined ? { data } : { revision, data };
  const events = readEvents(schemas, [{ id, type, ...form, stream, version, at, metadata }], stream);
  const checked = events.map(async (event) => ({ ...event, data: (await checkEvent(schemas, event)).data }));
  // The schema of each one's type has just accepted its data.
  return (await Promise.all(checked)) as RecordedEventOf<TSchemas>[];
}

function checkEnvelope(type: string, detail: unknown): Envelope {
  if (typeof detail !== 'object' || detail === null)
    throw new InvalidEnvelopeError(type, 'its detail is not an object');
  const envelope = detail as Partial<Envelope>;
  for (const field of ['id', 'stream', 'at'] as const) {
    if (typeof envelope[field] !== 'string')
      throw new InvalidEnvelopeError(type, `its detail has no string "${field}"`);
  }
  if (!Number.isInteger(envelope.version))
    throw new InvalidEnvelopeError(type, 'its detail has no whole number "version"');
  if (typeof envelope.metadata?.correlationId !== 'string') {
    throw new InvalidEnvelopeError(type, 'its detail has no "metadata" with a correlation id');
  }
  return envelope as Envelope;
}
