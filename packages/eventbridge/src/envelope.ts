import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import {
  categoryOf,
  checkEvent,
  type EventSchemas,
  type EventStore,
  type Metadata,
  type RecordedEvent,
  type RecordedEventOf,
  readEvents,
} from '@everfold/core';
import type { EventBridgeEvent } from 'aws-lambda';
import { InvalidEnvelopeError } from './errors.js';
import { readReferenced } from './reference.js';

/** What every published event has in its `detail`. Its type is the `detail-type`. */
interface EnvelopeHead {
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
  /** Correlation id, causation id, actor and more. */
  readonly metadata: Metadata;
}

/** What a published event has in its `detail`: the event, whole, so that a consumer needs nothing else. */
export interface Envelope<TData = unknown> extends EnvelopeHead {
  /** The form of `data`, from 1: consumers upcast it. Absent: 1. */
  readonly revision?: number;
  readonly data: TData;
  readonly reference?: never;
}

/** What stands in the `detail` of an event that is too large for the bus: its data is to be read from the event store. */
export interface ReferenceEnvelope extends EnvelopeHead {
  readonly reference: true;
}

/** An event as others are told of it. */
export interface PublicEvent {
  /** Under its public name, with its public data. */
  readonly event: RecordedEvent;
  /** Whether the data is what the store holds under the event's id, so that a reference can stand for it. */
  readonly recorded: boolean;
}

/** Where an event is published. */
export interface BusAddress {
  readonly busName: string;
  /** Who publishes, such as `shop.orders`. */
  readonly source: string;
}

/** How a delivery is read. */
export interface DeliveryOptions {
  /** Where the publisher's events are recorded: data too large for the bus is read from there. Reading is all it does. */
  readonly eventStore?: Pick<EventStore, 'read'>;
}

/**
 * Makes the `PutEvents` entry of an event.
 *
 * @param event - In the form in which it is recorded.
 */
export function toEntry(event: RecordedEvent, address: BusAddress): PutEventsRequestEntry {
  const { revision, data, metadata } = event;
  const form = revision === undefined ? { data } : { revision, data };
  const envelope: Envelope = { ...headOf(event), ...form, metadata };
  return entryOf(event, envelope, address);
}

/** Makes the `PutEvents` entry of an event that is too large for the bus. */
export function toReferenceEntry(event: RecordedEvent, address: BusAddress): PutEventsRequestEntry {
  const envelope: ReferenceEnvelope = { ...headOf(event), reference: true, metadata: event.metadata };
  return entryOf(event, envelope, address);
}

function headOf({ id, stream, version, at }: RecordedEvent) {
  return { id, stream, category: categoryOf(stream), version, at };
}

function entryOf(
  { type, at }: RecordedEvent,
  envelope: Envelope | ReferenceEnvelope,
  { busName, source }: BusAddress,
): PutEventsRequestEntry {
  return {
    EventBusName: busName,
    Source: source,
    DetailType: type,
    Time: new Date(at),
    Detail: JSON.stringify(envelope),
  };
}

/**
 * Reads the event out of a delivery: upcast, decoded, and its data checked against the schema of its type.
 *
 * Costs nothing for an event that came whole. A reference costs one Query, of the item that holds the event: one read unit
 * for 4 KB of it, compressed. One more where the commit is written as several items.
 *
 * @returns One event; several or none where the definition upcasts it so.
 * @throws InvalidEnvelopeError when the detail is not an envelope of Everfold.
 * @throws UnresolvedReferenceError when it is a reference, and there is no event store, or none that has the event.
 * @throws UnknownEventError, NewerRevisionError, UnreadableEventError when the definitions cannot read it.
 * @throws InvalidEventError when its data fails the schema.
 */
export async function fromDelivery<TSchemas extends EventSchemas>(
  schemas: TSchemas,
  delivery: EventBridgeEvent<string, unknown>,
  { eventStore }: DeliveryOptions = {},
): Promise<readonly RecordedEventOf<TSchemas>[]> {
  const type = delivery['detail-type'];
  const envelope = checkEnvelope(type, delivery.detail);
  if (envelope.reference === true) return readAndCheck(schemas, await readReferenced(type, envelope, eventStore));
  const { id, stream, version, at, revision, data, metadata } = envelope;
  const form = revision === undefined ? { data } : { revision, data };
  return readAndCheck(schemas, { id, type, ...form, stream, version, at, metadata });
}

/** Reads an event that came from outside: upcast, decoded, and its data checked, for nobody else has checked it here. */
export async function readAndCheck<TSchemas extends EventSchemas>(
  schemas: TSchemas,
  event: RecordedEvent,
): Promise<readonly RecordedEventOf<TSchemas>[]> {
  const events = readEvents(schemas, [event], event.stream);
  const checked = events.map(async (each) => ({ ...each, data: (await checkEvent(schemas, each)).data }));
  // The schema of each one's type has just accepted its data.
  return (await Promise.all(checked)) as RecordedEventOf<TSchemas>[];
}

function checkEnvelope(type: string, detail: unknown): Envelope | ReferenceEnvelope {
  const flaw = flawOf(detail);
  if (flaw !== undefined) throw new InvalidEnvelopeError(type, `its detail ${flaw}`);
  return detail as Envelope | ReferenceEnvelope;
}

/** What is wrong with it, if anything. */
function flawOf(detail: unknown): string | undefined {
  if (typeof detail !== 'object' || detail === null) return 'is not an object';
  const envelope = detail as Partial<Envelope>;
  const missing = (['id', 'stream', 'at'] as const).find((field) => typeof envelope[field] !== 'string');
  if (missing !== undefined) return `has no string "${missing}"`;
  if (!Number.isInteger(envelope.version)) return 'has no whole number "version"';
  if (typeof envelope.metadata?.correlationId !== 'string') return 'has no "metadata" with a correlation id';
  return undefined;
}
