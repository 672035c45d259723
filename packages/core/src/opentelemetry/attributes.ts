import type { Attributes } from '@opentelemetry/api';
import type { Commit } from '../commit.js';

/** What spans say of an operation. Versions and counts are numbers, the others text; `transaction.*` are lists. */
export const ATTRIBUTE = {
  stream: 'everfold.stream',
  category: 'everfold.category',
  command: 'everfold.command',
  /** How many events were appended or read. */
  events: 'everfold.events',
  /** How many commits were read. */
  commits: 'everfold.commits',
  /** Version of the stream's last event, as the operation left or found it. */
  version: 'everfold.version',
  /** The version that an append was derived from. */
  expectedVersion: 'everfold.expected_version',
  /** The id of the commit that was appended. */
  commit: 'everfold.commit',
  /** Whether a snapshot was found, or kept. */
  snapshot: 'everfold.snapshot',
  /** What has to be unique, such as `email`; never its value. */
  claim: 'everfold.claim',
  transactionStreams: 'everfold.transaction.streams',
  transactionCommits: 'everfold.transaction.commits',
  errorCode: 'everfold.error.code',
  /** The domain's own word for why a command was rejected. */
  errorReason: 'everfold.error.reason',
  errorType: 'error.type',
} as const;

/** A stream and its category. A name without a category is a caller's mistake: the store says so, not its span. */
export function streamAttributes(stream: string): Attributes {
  const category = categoryIn(stream);
  return { [ATTRIBUTE.stream]: stream, ...(category === undefined ? {} : { [ATTRIBUTE.category]: category }) };
}

/** The name of a span: an operation, and what it is done to. Never an id, so that there are few names. */
export function spanName(operation: string, subject: string | undefined): string {
  return subject === undefined ? operation : `${operation} ${subject}`;
}

export function categoryIn(stream: string): string | undefined {
  const dash = stream.indexOf('-');
  return dash < 1 ? undefined : stream.slice(0, dash);
}

/** What was appended. */
export function commitAttributes({ id, last, events }: Commit): Attributes {
  return { [ATTRIBUTE.commit]: id, [ATTRIBUTE.version]: last, [ATTRIBUTE.events]: events.length };
}

export function countAttributes(commits: readonly Pick<Commit, 'events'>[]): Attributes {
  const events = commits.reduce((sum, commit) => sum + commit.events.length, 0);
  return { [ATTRIBUTE.commits]: commits.length, [ATTRIBUTE.events]: events };
}
