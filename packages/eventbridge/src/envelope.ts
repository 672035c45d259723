import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import {
  categoryOf,
  type EventSchemas,
  type Metadata,
  type RecordedEvent,
  type RecordedEventOf,
  validateEvent,
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
  const { id, stream, version, at, data, metadata } = event;
  const envelope: Envelope = { id, stream, category: categoryOf(stream), version, at, data, metadata };
  return {
    EventBusName: busName,
    Source: source,
    DetailType: event.type,
    Time: new Date(at),
    Detail: JSON.stringify(envelope),
  };
}

/**
 * Reads the recorded event out of a delivery, with its data checked against the schema of its type.
 *
 * @throws InvalidEnvelopeError when the detail is not an envelope of Everfold.
 * @throws InvalidEventError when the type is not defined or its data fails the schema.
 */
export async function fromDelivery<TSchemas extends EventSchemas>(
  schemas: TSchemas,
  delivery: EventBridgeEvent<string, unknown>,
): Promise<RecordedEventOf<TSchemas>> {
  const type = delivery['detail-type'];
  const { id, stream, version, at, data, metadata } = checkEnvelope(type, delivery.detail);
  const validated = await validateEvent(schemas, { type, data });
  // The schema of its type has just accepted the data.
  return { id, type, data: validated.data, stream, version, at, metadata } as RecordedEventOf<TSchemas>;
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
