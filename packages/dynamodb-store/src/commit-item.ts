import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Commit, type CommitEvents, type Metadata, type NewEvent, StreamCorruptedError } from '@everfold/core';
import { ENCODING, unpacked } from './compression.js';

/** An item of the event table. */
export type Item = Readonly<Record<string, AttributeValue>>;

/**
 * A commit as an item of the event table, or a part of one that is too large for one item.
 *
 * The envelope is native attributes, so that a person can read the table and a stream filter can match `types`.
 * The events are one JSON string, because decoding it is native `JSON.parse`.
 */
export interface CommitItem {
  /** Hash key: `<category>-<id>`. */
  readonly stream: AttributeValue.SMember;
  /** Range key: version of the item's first event. */
  readonly version: AttributeValue.NMember;
  /** Version of its last event. */
  readonly last: AttributeValue.NMember;
  /** ULID, chosen by the writer: tells our own write from somebody else's. */
  readonly commit: AttributeValue.SMember;
  /** ISO 8601 time of recording. */
  readonly at: AttributeValue.SMember;
  /** Event types in it, for stream filters. */
  readonly types: AttributeValue.SSMember;
  /** JSON array of `{ type, data }`, and `revision` where it is not 1. */
  readonly events: AttributeValue.SMember | AttributeValue.BMember;
  /** JSON object: correlation id, causation id, actor and more. */
  readonly meta: AttributeValue.SMember;
  /** How binary attributes are compressed. */
  readonly enc?: AttributeValue.SMember;
  /** The aggregate's state after this commit, as JSON: on some commits only. */
  readonly state?: AttributeValue.SMember | AttributeValue.BMember;
  /** Names the state's form. */
  readonly schema?: AttributeValue.SMember;
  /** Of a commit in several items: how many of its events come before this one's. */
  readonly offset?: AttributeValue.NMember;
  /** Of a commit in several items: version of the commit's last event. */
  readonly end?: AttributeValue.NMember;
}

/**
 * Encodes a commit as one item, whatever its size, as it is: not compressed.
 *
 * @example
 * ```ts
 * const units = Math.ceil(itemBytes(toItem(commit)) / 1024); // what it costs to append
 * ```
 */
export function toItem(commit: Commit): CommitItem & Record<string, AttributeValue> {
  return {
    stream: { S: commit.stream },
    version: { N: String(commit.version) },
    last: { N: String(commit.last) },
    commit: { S: commit.id },
    at: { S: commit.at },
    types: { SS: [...new Set(commit.events.map(({ type }) => type))] },
    events: { S: JSON.stringify(commit.events) },
    meta: { S: JSON.stringify(commit.metadata) },
    ...(commit.offset ? { offset: { N: String(commit.offset) } } : {}),
  };
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
export function fromItem(item: Item): Commit {
  const text = (name: string): string => {
    const value = item[name]?.S;
    if (value === undefined) throw corrupted(item, `its item has no string "${name}"`);
    return value;
  };
  const metadata = parsed(item, 'meta');
  if (!isMetadata(metadata)) throw corrupted(item, 'its "meta" is no object');
  const { stream, version, last, events, ...rest } = eventsFromItem(item, text('stream'));
  return { stream, version, last, id: text('commit'), at: text('at'), events, metadata, ...rest };
}

/** Decodes of an item what folding takes. {@link foldedAttributes} are all that it needs. */
export function eventsFromItem(item: Item, stream: string): CommitEvents {
  if (item.enc !== undefined && item.enc.S !== ENCODING) {
    throw corrupted(item, `its encoding "${item.enc.S}" is not known here`);
  }
  const events = parsed(item, 'events');
  if (!isEvents(events)) throw corrupted(item, 'its "events" are no list of events');
  const commit = { stream, version: wholeNumber(item, 'version', 1), last: wholeNumber(item, 'last', 1), events };
  const offset = item.offset === undefined ? 0 : wholeNumber(item, 'offset', 0);
  return offset === 0 ? commit : { ...commit, offset };
}

/** What an item has to have for folding. */
export const foldedAttributes = ['version', 'last', 'events', 'enc', 'offset', 'end'] as const;

/** What it has to have for a snapshot. */
export const snapshotAttributes = ['state', 'schema'] as const;

/** Version of the last event of the whole commit that an item belongs to. */
export function endVersionOf(item: Item): number {
  return wholeNumber(item, item.end === undefined ? 'last' : 'end', 1);
}

/** The state that an item carries, if it is of this schema. */
export function stateOf(item: Item, schema: string): { readonly state: unknown } | undefined {
  return item.schema?.S === schema ? { state: parsed(item, 'state') } : undefined;
}

function parsed(item: Item, name: string): unknown {
  const value = item[name];
  const missing = () => corrupted(item, `its item has no string "${name}"`);
  try {
    if (value?.S !== undefined) return JSON.parse(value.S);
    if (value?.B === undefined || item.enc === undefined) throw missing();
    return JSON.parse(unpacked(value.B));
  } catch (error) {
    if (error instanceof StreamCorruptedError) throw error;
    const reason = value?.S === undefined ? `"${name}" cannot be unpacked` : `the JSON of "${name}" cannot be parsed`;
    throw corrupted(item, reason, { cause: error });
  }
}

function wholeNumber(item: Item, name: string, least: number): number {
  const value = Number(item[name]?.N);
  if (!Number.isSafeInteger(value) || value < least)
    throw corrupted(item, `its item has no version as number "${name}"`);
  return value;
}

function corrupted(item: Item, reason: string, options?: ErrorOptions): StreamCorruptedError {
  return new StreamCorruptedError(item.stream?.S ?? '(no stream)', Number(item.version?.N), reason, options);
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
