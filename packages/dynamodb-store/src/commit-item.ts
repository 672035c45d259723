import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Commit, CommitTooLargeError, StreamCorruptedError } from '@everfold/core';

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
    throw new CommitTooLargeError(commit.stream, `its item has ${bytes} bytes and DynamoDB takes ${LARGEST_ITEM_BYTES}`);
  }
  return item;
}

/**
 * Decodes an item of the event table.
 *
 * @throws StreamCorruptedError when it is not a commit that this version can read.
 */
export function fromItem(item: Readonly<Record<string, AttributeValue>>): Commit {
  const stream = item.stream?.S ?? '(no stream)';
  const version = Number(item.version?.N);
  const text = (name: string): string => {
    const value = item[name]?.S;
    if (value === undefined) throw new StreamCorruptedError(stream, version, `its item has no string "${name}"`);
    return value;
  };
  if (item.enc !== undefined) throw new StreamCorruptedError(stream, version, `its encoding "${item.enc.S}" is not known here`);
  try {
    return {
      stream: text('stream'),
      version,
      last: Number(item.last?.N),
      id: text('commit'),
      at: text('at'),
      events: JSON.parse(text('events')),
      metadata: JSON.parse(text('meta')),
    };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new StreamCorruptedError(stream, version, 'its JSON cannot be parsed', { cause: error });
  }
}

/**
 * The size that DynamoDB limits and bills: UTF-8 bytes of names and values.
 * Source: Developer Guide, "DynamoDB item sizes and formats".
 */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  // About a byte for two digits, and one more.
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  if (value.SS !== undefined) return value.SS.reduce((sum, element) => sum + Buffer.byteLength(element), 3);
  if (value.B !== undefined) return value.B.length;
  return 1;
}
