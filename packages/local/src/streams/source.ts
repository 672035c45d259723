import type { DynamoDBRecord, StreamRecord } from 'aws-lambda';

/** A record as Lambda hands it to a function, with the number that orders it within its shard. */
export interface SequencedRecord extends DynamoDBRecord {
  readonly dynamodb: StreamRecord & { readonly SequenceNumber: string };
}

/** A place in a shard: its oldest record, the end of what it holds now, or right after a record. */
export type Position = 'TRIM_HORIZON' | 'LATEST' | { readonly after: string };

/** Records that follow each other in a shard. Several readers may share them: they are not to be changed. */
export interface Page {
  readonly records: readonly SequencedRecord[];
  /** Whether the shard is closed and has no records after these. */
  readonly isLast: boolean;
}

/** One reader's way through a shard, at its own pace. */
export interface Cursor {
  /**
   * The records after those that were read before. Without any, waits a while and then gives an empty page.
   *
   * @param limit - How many records at the most.
   */
  read(limit: number): Promise<Page>;
}

/** A part of a stream whose records are in order. */
export interface Shard {
  readonly id: string;
  /** The shard that this one continues: its records come before. */
  readonly parent: string | undefined;
  /** Whether nothing is added to it any more. */
  readonly isClosed: boolean;
  /** Resolves once the position is fixed: what is written after that is read. */
  open(position: Position): Promise<Cursor>;
}

/** A stream while it is being read. */
export interface StreamConnection {
  /** The shards that there are now. */
  shards(): Promise<readonly Shard[]>;
}

/** Where records come from: a table's stream, or something that stands in for one. */
export interface StreamSource {
  /** What dead letters and warnings call it: the ARN, if it has one. */
  readonly name: string;
  /** @param signal - Ends the connection: from then on its cursors give empty pages without waiting. */
  connect(signal: AbortSignal): StreamConnection;
}
