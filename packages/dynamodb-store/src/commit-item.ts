import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Commit, CommitTooLargeError, type Metadata, type NewEvent, StreamCorruptedError } from '@everfold/core';

/**
 * A commit as an item of the event table.
 *
 * The envelope is native attributes, so that a person can read the table and a stream filter can match `types`.
 * The events are one JSON string, because decoding it is native `JSON.parse`.
 */
export interface CommitItem {
  /** Hash key: `<category>-<id>`. */
  readonly stream: AttributeValue.SMember;
  /** Range key: version of the commit's first event. */
  readonly version: AttributeValue.NMember;
  /** Version of its last event. */
  readonly last: AttributeValue.NMember;
  /** ULID, chosen by the writer: tells our own write from somebody else's. */
  readonly commit: AttributeValue.SMember;
  /** ISO 8601 time of recording. */
  readonly at: AttributeValue.SMember;
  /** Event types in it, for stream filters. */
  readonly types: AttributeValue.SSMember;
  /** JSON array of `{ type, data }`. */
  readonly events: AttributeValue.SMember;
  /** JSON object: correlation id, causation id, actor and more. */
  readonly meta: AttributeValue.SMember;
}

/** DynamoDB's largest item. Source: Developer Guide, "Service, account, and table quotas in Amazon DynamoDB". */
const LARGEST_ITEM_BYTES = 400 * 1024;

/**
 * Encodes a commit.
 *
 * @throws CommitTooLargeError when the item would pass DynamoDB's 400 KB.
 *
 * @example
 * ```ts
 * const units = Math.ceil(itemBytes(toItem(commit)) / 1024); // what it costs to append
 * ```
 */
export function toItem(commit: Commit): CommitItem & Record<string, AttributeValue> {
  const item = {
    stream: { S: commit.stream },
    version: { N: String(commit.version) },
    last: { N: String(commit.last) },
    commit: { S: commit.id },
    at: { S: commit.at },
    types: { SS: [...new Set(commit.events.map(({ type }) => type))] },
    events: { S: JSON.stringify(commit.events.map(({ type, data }) => ({ type, data }))) },
    meta: { S: JSON.stringify(commit.metadata) },
  };
  const bytes = itemBytes(item);
  if (bytes > LARGEST_ITEM_BYTES) {
    const reason = `its item has ${bytes} bytes and DynamoDB takes ${LARGEST_ITEM_BYTES}`;
    throw new CommitTooLargeError(commit.stream, reason);
  }
  return item;
}

/**
 * Decodes an item of the event table.
 *
 * @throws StreamCorruptedError when it is not a commit that this version can read.
 *
 * @example
 * ```ts
 * const commits = Items.map(fromItem);
 * ```
 */
export function fromItem(item: Readonly<Record<string, AttributeValue>>): Commit {
  const corrupted = (reason: string, options?: ErrorOptions) =>
    new StreamCorruptedError(item.stream?.S ?? '(no stream)', Number(item.version?.N), reason, options);
  const text = (name: string): string => {
    const value = item[name]?.S;
    if (value === undefined) throw corrupted(`its item has no string "${name}"`);
    return value;
  };
  const version = (name: string): number => {
    const value = Number(item[name]?.N);
    if (!Number.isSafeInteger(value) || value < 1) throw corrupted(`its item has no version as number "${name}"`);
    return value;
  };
  const json = (name: string): unknown => {
    try {
      return JSON.parse(text(name));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw corrupted(`the JSON of "${name}" cannot be parsed`, { cause: error });
    }
  };
  if (item.enc !== undefined) throw corrupted(`its encoding "${item.enc.S}" is not known here`);
  const events = json('events');
  if (!isEvents(events)) throw corrupted('its "events" are no list of events');
  const metadata = json('meta');
  if (!isMetadata(metadata)) throw corrupted('its "meta" is no object');
  return {
    stream: text('stream'),
    version: version('version'),
    last: version('last'),
    id: text('commit'),
    at: text('at'),
    events,
    metadata,
  };
}

function isEvents(value: unknown): value is NewEvent[] {
  return Array.isArray(value) && value.length > 0 && value.every(isEvent);
}

function isEvent(value: unknown): value is NewEvent {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'data' in value
  );
}

function isMetadata(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The size that DynamoDB limits and bills: UTF-8 bytes of names and values.
 * Source: Developer Guide, "DynamoDB item sizes and formats".
 *
 * @returns Bytes.
 *
 * @example
 * ```ts
 * itemBytes({ id: { S: '7' }, total: { N: '1250' } }); // 11
 * ```
 */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.SS !== undefined) return sum(value.SS, Buffer.byteLength);
  if (value.NS !== undefined) return sum(value.NS, numberBytes);
  if (value.BS !== undefined) return sum(value.BS, ({ length }) => length);
  // A list and a map have three bytes, and one for each element.
  if (value.L !== undefined) return 3 + sum(value.L, (element) => 1 + valueBytes(element));
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  // A boolean, or null.
  return 1;
}

/** About a byte for two digits, and one more. */
function numberBytes(digits: string): number {
  return Math.ceil(digits.length / 2) + 1;
}

function sum<T>(values: readonly T[], bytesOf: (value: T) => number): number {
  return values.reduce((bytes, value) => bytes + bytesOf(value), 0);
}
