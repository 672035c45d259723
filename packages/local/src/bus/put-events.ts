import type { JsonObject } from './pattern/leaf.js';
import { isObject } from './pattern/leaf.js';
import { PutEventsRefusedError } from './put-events-refused-error.js';

/** One event to publish, in the shape of the AWS SDK's `PutEventsRequestEntry`. */
export interface PutEventsEntry {
  readonly Source?: string | undefined;
  readonly DetailType?: string | undefined;
  /** A JSON object as text. */
  readonly Detail?: string | undefined;
  /** Default now. */
  readonly Time?: Date | undefined;
  readonly Resources?: readonly string[] | undefined;
  /** A bus by its name or its ARN. Default `default`. */
  readonly EventBusName?: string | undefined;
}

/** What the AWS SDK's `PutEventsCommand` takes. */
export interface PutEventsRequest {
  /** 1 to 10, together at most 1 MB as {@link entrySize} counts. */
  readonly Entries: readonly PutEventsEntry[] | undefined;
}

/** What became of one entry. */
export type PutEventsResultEntry = { readonly EventId: string } | EntryFailure;

export interface EntryFailure {
  readonly ErrorCode: 'InvalidArgument' | 'MalformedDetail' | 'NotAuthorizedForSourceException';
  readonly ErrorMessage: string;
}

/** What the AWS SDK's `PutEventsCommand` answers. */
export interface PutEventsResult {
  readonly FailedEntryCount: number;
  /** In the order of the request's entries. */
  readonly Entries: readonly PutEventsResultEntry[];
}

/** An entry that EventBridge takes. */
export interface AcceptedEntry {
  readonly source: string;
  readonly detailType: string;
  readonly detail: JsonObject;
  readonly time: Date | undefined;
  readonly resources: readonly string[];
  /** The name of the bus, also where the entry gave its ARN. */
  readonly bus: string;
}

const MOST_ENTRIES = 10;
const MOST_BYTES = 1_048_576;
const LONGEST_SOURCE = 256;
const LONGEST_DETAIL_TYPE = 128;

/**
 * The size of an entry as EventBridge counts it, bytes.
 * Source: EventBridge User Guide, "Calculating PutEvents event entry size".
 */
export function entrySize({ Time, Source, DetailType, Detail, Resources = [] }: PutEventsEntry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  const timeBytes = Time === undefined ? 0 : 14;
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text ?? ''), timeBytes);
}

/**
 * The entries of a request whose number and size are within what EventBridge takes.
 * Source: EventBridge API Reference, "PutEvents": 1 to 10 entries, 1 MB in total.
 *
 * @throws PutEventsRefusedError when they are not.
 */
export function checkedEntries({ Entries: entries }: PutEventsRequest): readonly PutEventsEntry[] {
  if (entries === undefined) throw invalidEntries('null', 'must not be null');
  if (entries.length === 0) throw invalidEntries('[]', 'must have length greater than or equal to 1');
  if (entries.length > MOST_ENTRIES) {
    throw invalidEntries(`[${entries.length} entries]`, `must have length less than or equal to ${MOST_ENTRIES}`);
  }
  const bytes = entries.reduce((sum, entry) => sum + entrySize(entry), 0);
  if (bytes > MOST_BYTES) {
    const message = 'Total size of the entries in the request is over the limit.';
    throw new PutEventsRefusedError('ValidationException', message);
  }
  return entries;
}

/**
 * Takes one entry, or says why EventBridge would not; the other entries of the request are unaffected.
 * Source: EventBridge API Reference, "PutEventsRequestEntry" and "PutEventsResultEntry".
 */
export function acceptEntry(entry: PutEventsEntry): AcceptedEntry | EntryFailure {
  const { Source: source, DetailType: detailType, Detail: text } = entry;
  if (!source) return invalidArgument('Source', 'Source is a required argument.');
  if (!detailType) return invalidArgument('DetailType', 'DetailType is a required argument.');
  if (!text) return invalidArgument('Detail', 'Detail is a required argument.');
  if (source.length > LONGEST_SOURCE) return tooLong('Source', LONGEST_SOURCE);
  if (detailType.length > LONGEST_DETAIL_TYPE) return tooLong('DetailType', LONGEST_DETAIL_TYPE);
  if (source.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  const detail = parseDetail(text);
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const bus = nameOfBus(entry.EventBusName ?? 'default');
  return { source, detailType, detail, time: entry.Time, resources: entry.Resources ?? [], bus };
}

function parseDetail(text: string): JsonObject | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return isObject(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

/** An ARN ends in `event-bus/<name>`. */
function nameOfBus(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('/') + 1) : nameOrArn;
}

function invalidEntries(value: string, constraint: string): PutEventsRefusedError {
  const message = `1 validation error detected: Value '${value}' at 'entries' failed to satisfy constraint: Member ${constraint}`;
  return new PutEventsRefusedError('ValidationException', message);
}

function invalidArgument(parameter: string, reason: string): EntryFailure {
  return { ErrorCode: 'InvalidArgument', ErrorMessage: `Parameter ${parameter} is not valid. Reason: ${reason}` };
}

function tooLong(parameter: string, longest: number): EntryFailure {
  return invalidArgument(parameter, `${parameter} must have at most ${longest} characters.`);
}
