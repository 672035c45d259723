import type { EventSchemas, RecordedEventOf } from '@everfold/core';

/** Events of one stream, in version order, and between which positions of the stream they stand. */
export interface SinkEntry<TSchemas extends EventSchemas = EventSchemas> {
  readonly stream: string;
  /** Everything up to this version is in the sink, or was nothing to it. */
  readonly after: number;
  /** Where the stream stands once these events are in. */
  readonly upTo: number;
  readonly events: readonly RecordedEventOf<TSchemas>[];
}

/** Whether entries were written; if not, the positions that were beyond `after`, by stream. None: others were writing just then. */
export type SinkOutcome =
  | { readonly written: true }
  | { readonly written: false; readonly positions: ReadonlyMap<string, number> };

/**
 * The port to a place outside of DynamoDB that events are written to. It keeps a position for each stream, and has to
 * keep these promises; `describeSink` of `@everfold/projections/testing` checks them:
 *
 * - **All or nothing.** The effects of all entries of a `write`, and the positions, are there together or not at all.
 * - **Only onwards.** An entry is written only if the position of its stream is not beyond `after`; it is `upTo` then. When
 *   any is beyond, nothing is written. The check holds against writers at the same time.
 * - **Honest.** `positions` and a refusal tell nothing that is not committed.
 *
 * With that, every event takes effect exactly once: after a crash or a duplicate the position says what is in.
 */
export interface Sink<TSchemas extends EventSchemas = EventSchemas> {
  /** Reads positions: an entry for every stream that has one. */
  positions(streams: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Writes entries, each stream once, in the order of their names: those who lock them one by one wait in one order. */
  write(entries: readonly SinkEntry<TSchemas>[]): Promise<SinkOutcome>;
  /**
   * Whether what `write` threw may pass, whichever entries it is given: no connection, a deadlock. Anything else is taken
   * to come from one of the entries, so they are written one by one, and only that stream is held back. Default: nothing.
   */
  isPassing?(error: unknown): boolean;
}
