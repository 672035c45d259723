import {
  type EventSchemas,
  findJsonFlaw,
  InvalidArgumentError,
  InvalidEventError,
  type Json,
  type Metadata,
  type RecordedEvent,
  type RecordedEventOf,
} from '@everfold/core';
import { readAndCheck } from './envelope.js';
import { InvalidCloudEventError } from './errors.js';

/**
 * An event in the JSON form of CloudEvents 1.0 ("structured mode"), media type `application/cloudevents+json`.
 * Source: CloudEvents specification 1.0.2, and its "JSON Event Format"; its extensions "Correlation" and "Distributed
 * Tracing". An alias and not an interface, so that the SDK of CloudEvents, which wants an index signature, takes it.
 */
export type CloudEvent = {
  readonly specversion: '1.0';
  readonly id: string;
  /** Who says it: a URI or a relative reference. With the id, it tells the event from all others. */
  readonly source: string;
  readonly type: string;
  /** The stream. */
  readonly subject: string;
  /** When it was recorded, RFC 3339. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: unknown;
  /** Its place in the stream, from 1. */
  readonly streamversion: number;
  /** The form of the data, where it is a later one than the first. */
  readonly revision?: number;
  readonly correlationid?: string;
  readonly causationid?: string;
  readonly actor?: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** Whatever else the metadata holds, as JSON text: attributes of CloudEvents are no objects. */
  readonly metadata?: string;
};

/** Metadata that has an attribute of its own, and its name: of lower-case letters and digits, as the specification wants it. */
const ATTRIBUTES = {
  correlationId: 'correlationid',
  causationId: 'causationid',
  actor: 'actor',
  traceparent: 'traceparent',
  tracestate: 'tracestate',
} as const;

/** Control characters, noncharacters and lone surrogates. Source: CloudEvents specification, "Type System", String. */
const FORBIDDEN = /[\p{Cc}\p{Surrogate}\p{Noncharacter_Code_Point}]/u;

/** The characters of a URI or a relative reference, each percent sign before two hex digits. Source: RFC 3986, 2 and 4.1. */
const URI_REFERENCE = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;

/** The range of an attribute that is a number. Source: CloudEvents specification, "Type System", Integer. */
const LARGEST_INTEGER = 2 ** 31 - 1;

/**
 * Writes an event as CloudEvents 1.0 JSON, for webhooks and whatever else speaks it. All of the event is in it, its metadata
 * too: give an event without what strangers shall not see.
 *
 * @param event - In the form in which it is recorded: `encodeEvent` brings one there that a handler was given.
 * @param options - `source`: who says it, such as `https://shop.example/orders`.
 * @throws InvalidArgumentError when the source is no URI reference, or the event's names or version are nothing that the
 *   specification carries.
 * @throws InvalidEventError when JSON would change its data or its metadata.
 *
 * @example
 * ```ts
 * const body = JSON.stringify(toCloudEvent(orderPlaced, { source: 'https://shop.example/orders' }));
 * ```
 */
export function toCloudEvent(event: RecordedEvent, { source }: { readonly source: string }): CloudEvent {
  const { id, type, stream, version, at, revision = 1, data, metadata } = event;
  if (!URI_REFERENCE.test(source)) {
    throw new InvalidArgumentError(
      `The source of a CloudEvent is ${JSON.stringify(source)}; give a URI, such as https://shop.example/orders.`,
    );
  }
  for (const [name, text] of Object.entries({ id, type, stream })) {
    if (isText(text)) continue;
    throw new InvalidArgumentError(
      `The ${name} ${JSON.stringify(text)} of an event cannot stand in a CloudEvent. Use at least one character, no control characters and well-formed Unicode.`,
    );
  }
  if (version > LARGEST_INTEGER || revision > LARGEST_INTEGER) {
    throw new InvalidArgumentError(
      `Event "${id}" has version ${version} and revision ${revision}; a CloudEvent carries numbers up to ${LARGEST_INTEGER}.`,
    );
  }
  const flaw = findJsonFlaw(data) ?? findJsonFlaw(metadata);
  if (flaw) throw new InvalidEventError(type, [flaw]);
  return {
    specversion: '1.0',
    id,
    source,
    type,
    subject: stream,
    time: at,
    datacontenttype: 'application/json',
    data,
    streamversion: version,
    ...(revision === 1 ? {} : { revision }),
    ...toAttributes(metadata),
  };
}

/**
 * Reads an event that `toCloudEvent` wrote, be it by way of another system: upcast, decoded, and its data checked against the
 * schema of its type.
 *
 * @param json - The text, or what `JSON.parse` made of it. Attributes that are not Everfold's are passed over.
 * @returns One event; several or none where the definition upcasts it so.
 * @throws InvalidCloudEventError when it is no CloudEvent 1.0, or not of an event of Everfold.
 * @throws UnknownEventError, NewerRevisionError, UnreadableEventError when the definitions cannot read it.
 * @throws InvalidEventError when its data fails the schema.
 *
 * @example
 * ```ts
 * const body = JSON.stringify(toCloudEvent(orderPlaced, { source: 'https://shop.example/orders' }));
 * for (const event of await fromCloudEvent(orderEvents, body)) console.log(event.data.orderId);
 * ```
 */
export async function fromCloudEvent<TSchemas extends EventSchemas>(
  schemas: TSchemas,
  json: unknown,
): Promise<readonly RecordedEventOf<TSchemas>[]> {
  const attributes = attributesOf(json);
  const text = (name: string) => textOf(attributes, name);
  if (text('specversion') !== '1.0') throw refused(attributes, `its specversion is ${attributes.specversion}, not 1.0`);
  text('source');
  const { data, revision = 1, datacontenttype = 'application/json' } = attributes;
  if (!/^[^/]+\/(?:[^;]*\+)?json\s*(?:;|$)/i.test(String(datacontenttype))) {
    throw refused(attributes, `its datacontenttype is ${JSON.stringify(datacontenttype)}, not JSON`);
  }
  if (data === undefined) throw refused(attributes, 'it has no "data"');
  const form = revision === 1 ? { data } : { data, revision: wholeOf(attributes, 'revision') };
  return readAndCheck(schemas, {
    id: text('id'),
    type: text('type'),
    ...form,
    stream: text('subject'),
    version: wholeOf(attributes, 'streamversion'),
    at: text('time'),
    metadata: toMetadata(attributes),
  });
}

function toAttributes(metadata: Metadata): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {};
  const others: Record<string, Json> = {};
  for (const [field, value] of Object.entries(metadata)) {
    const name = nameOf(field);
    if (name !== undefined && isText(value)) attributes[name] = value;
    else if (value !== undefined) others[field] = value;
  }
  if (Object.keys(others).length > 0) attributes.metadata = escaped(JSON.stringify(others));
  return attributes;
}

function nameOf(field: string): string | undefined {
  return Object.entries(ATTRIBUTES).find(([own]) => own === field)?.[1];
}

/** JSON text without the characters that an attribute may not have: within its strings, JSON can spell them out. */
function escaped(json: string): string {
  return json.replaceAll(new RegExp(FORBIDDEN, 'gu'), (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

function toMetadata(attributes: Attributes): Metadata {
  const { metadata } = attributes;
  const fields = Object.entries(ATTRIBUTES).flatMap(([field, name]) => {
    const value = attributes[name] ?? undefined;
    return value === undefined ? [] : [[field, textOf(attributes, name)] as const];
  });
  const others = metadata === undefined ? {} : parsed(textOf(attributes, 'metadata'), attributes);
  const all: Readonly<Record<string, unknown>> = { ...others, ...Object.fromEntries(fields) };
  if (typeof all.correlationId !== 'string' || typeof all.causationId !== 'string') {
    throw refused(attributes, 'it has no "correlationid" or no "causationid"');
  }
  // It came out of JSON, and the two fields that metadata has to have are there.
  return all as Metadata;
}

type Attributes = Readonly<Record<string, unknown>>;

function attributesOf(json: unknown): Attributes {
  const attributes = typeof json === 'string' ? parsed(json, {}) : json;
  if (typeof attributes !== 'object' || attributes === null) throw refused({}, 'it is not a JSON object');
  // An attribute that is null is as good as absent; data may be null. Source: JSON Event Format, "Type System Mapping".
  return Object.fromEntries(Object.entries(attributes).filter(([name, value]) => name === 'data' || value !== null));
}

function parsed(text: string, attributes: Attributes): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw refused(attributes, `its JSON cannot be read: ${String(error)}`);
  }
  throw refused(attributes, 'it is not a JSON object');
}

function textOf(attributes: Attributes, name: string): string {
  const value = attributes[name];
  if (typeof value === 'string' && value !== '') return value;
  throw refused(attributes, `its "${name}" is not a text of at least one character`);
}

function wholeOf(attributes: Attributes, name: string): number {
  const value = attributes[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw refused(attributes, `its "${name}" is not a whole number from 1`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !FORBIDDEN.test(value);
}

function refused({ type }: Attributes, reason: string): InvalidCloudEventError {
  return new InvalidCloudEventError(typeof type === 'string' ? type : '(unknown)', reason);
}
