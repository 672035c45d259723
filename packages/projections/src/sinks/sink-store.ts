import {
  type EventSchemas,
  isEverfoldError,
  type RecordedEvent,
  type RecordedEventOf,
  readEvents,
} from '@everfold/core';
import { type Change, put, type Row } from '../changes.js';
import { SinkRefusedError } from '../errors.js';
import type { Projection } from '../projection.js';
import { absentRow, type BesideRowsWrites, type Transaction } from '../read-models/read-model-store.js';
import type { Sink, SinkEntry } from './sink.js';

/**
 * A sink as a projection: each event is a row of its own, with positions beside the rows. So it is ordered, caught up,
 * split and repeated by what does the same for read models.
 */
export function projectionOf(name: string, events: EventSchemas): Projection<object> {
  return {
    rows: { id: name, spread: 1 },
    rowType: {},
    isListed: false,
    positions: 'beside-rows',
    listed: undefined,
    changesOf: (event): readonly Change[] =>
      // Read here so that what cannot be read stops its stream; read again when it is written, because a row is JSON.
      readOne(events, event).length === 0 ? [] : [put(event.id, toRow(event))],
  };
}

/** The sink in the place of the store of those rows: they are written in transactions only, and never read. */
export function storeOf<TSchemas extends EventSchemas>(sink: Sink<TSchemas>, events: TSchemas): BesideRowsWrites {
  return {
    load: async (_rows, keys) => new Map(keys.map((key) => [key, absentRow])),
    positions: async (_rows, streams) => {
      const known = await sink.positions(streams);
      return new Map(streams.map((stream) => [stream, known.get(stream) ?? 0]));
    },
    transact: async (rows, transaction) => {
      const entries = entriesOf(events, transaction);
      try {
        const outcome = await sink.write(entries);
        return outcome.written ? { done: true } : { done: false, positions: outcome.positions, rows: new Map() };
      } catch (error) {
        throw isPassing(sink, error)
          ? error
          : new SinkRefusedError(
              rows.id,
              entries.map(({ stream }) => stream),
              error,
            );
      }
    },
  };
}

function isPassing(sink: Pick<Sink, 'isPassing'>, error: unknown): boolean {
  return (isEverfoldError(error) && error.retryable) || (sink.isPassing?.(error) ?? false);
}

function entriesOf<TSchemas extends EventSchemas>(
  events: TSchemas,
  { advances, writes }: Transaction,
): SinkEntry<TSchemas>[] {
  const recorded = writes.map(({ row }) => fromRow(row));
  return advances
    .map(({ stream, from, to }) => ({
      stream,
      after: from,
      upTo: to,
      events: recorded
        .filter((event) => event.stream === stream)
        // What a definition makes of recorded events is what it says of them.
        .flatMap((event) => readOne(events, event) as readonly object[] as RecordedEventOf<TSchemas>[]),
    }))
    .sort((one, other) => (one.stream < other.stream ? -1 : 1));
}

function readOne(events: EventSchemas, event: RecordedEvent): readonly RecordedEvent[] {
  return readEvents(events, [event], event.stream, { unknownEvents: 'skip' });
}

/** What is recorded is JSON. */
function toRow(event: RecordedEvent): Row {
  return { ...event } as object as Row;
}

function fromRow(row: Row | undefined): RecordedEvent {
  return { ...row } as object as RecordedEvent;
}
