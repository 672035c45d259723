import {
  type EventData,
  type EventSchemas,
  InvalidArgumentError,
  type RecordedEvent,
  readEvents,
} from '@everfold/core';
import { type Change, type Changes, checkKey, type Row } from './changes.js';
import { defineRows, type ProjectionRows, type RowsDefinition } from './projection-rows.js';
import type { Listed } from './read-models/read-model-store.js';

/** What each event does to the rows. Pure: an event may be projected more than once before it takes effect once. */
export type EventHandlers<TRow extends object, TSchemas extends EventSchemas> = {
  readonly [TType in keyof TSchemas & string]?: (
    event: RecordedEvent<TType, EventData<TSchemas, TType>>,
  ) => Changes<TRow>;
};

/** Where the versions that were applied are kept: see {@link defineProjection}. */
export type Positions = 'in-row' | 'beside-rows';

/** A projection as it is defined. */
export interface ProjectionDefinition<TRow extends object, TSchemas extends EventSchemas> extends RowsDefinition<TRow> {
  /** Definitions of the events that it may listen to, of as many aggregates as you like. */
  readonly events: TSchemas;
  readonly on: EventHandlers<NoInfer<TRow>, NoInfer<TSchemas>>;
  /** Default `in-row`. */
  readonly positions?: Positions;
  /** Where a row is listed, for `list`; `undefined` leaves it out. Default: the projection has no listing. */
  readonly listed?: (row: NoInfer<TRow>, key: string) => Listed | undefined;
}

/** A projection, as everything here works with it. */
export interface Projection<TRow extends object> extends ProjectionRows<TRow> {
  readonly positions: Positions;
  /**
   * What a recorded event does to the rows, upcast and decoded by its definition; throws what `readEvents` and the event's
   * handler throw, and `InvalidArgumentError` for a bad key.
   */
  readonly changesOf: (event: RecordedEvent) => readonly Change[];
  readonly listed: ((row: Row, key: string) => Listed | undefined) | undefined;
}

/**
 * Defines a projection: how rows come out of events.
 *
 * Every event takes effect exactly once, because the version of the stream that was applied is written together with
 * its effect. There are two places for it:
 *
 * - `in-row`: each row carries the versions it has applied. A batch costs a read of its rows and one write for each row,
 *   independent of one another. Right when few streams feed a row and a stream feeds few rows: an order, its payment, its
 *   shipment. A row grows by an entry for each stream; and when a process meets a stream for the first time in a row that
 *   knows nothing of it, the stream is read from its beginning.
 * - `beside-rows`: each stream has a position item, advanced in the same transaction as the rows: twice the write units,
 *   and an item more for each stream, but rows stay small, however many streams feed them. Rows that are only added to
 *   are neither read nor contended for by revision. Right for totals, such as revenue per day, and for streams that feed
 *   row after row. A commit that changes more than 99 rows, or 4 MB of them, is written by several transactions, each
 *   exactly once: readers see it grow.
 *
 * `spread` is about `all`, which reads partition by partition. One partition takes 1,000 write units a second; with
 * `spread: 1` a small projection is listed by one Query, in the order of its keys.
 * Source: DynamoDB Developer Guide, "Best practices for designing and using partition keys effectively in DynamoDB".
 *
 * `listed` puts the row into one index of the table, which costs another write when the row changes, and two when its place does. A
 * group is one partition of the index, too: choose groups that share the load. With it, `add` reads the row.
 *
 * @throws InvalidArgumentError when the name, the version or the spread is out of range, or `on` names an event that
 *   `events` does not define.
 *
 * @example
 * ```ts
 * const orders = defineProjection({
 *   name: 'orders',
 *   version: 1,
 *   events: { ...orderEvents, ...paymentEvents },
 *   rows: rowsOf<OrderRow>(),
 *   on: {
 *     OrderPlaced: ({ data, at }) => put(data.orderId, { status: 'placed', amountCents: data.amountCents, placedAt: at }),
 *     PaymentCaptured: ({ data }) => merge(data.orderId, { status: 'paid' }),
 *   },
 *   listed: (row) => ({ group: row.status, sort: row.placedAt }),
 * });
 * ```
 */
export function defineProjection<TRow extends object, const TSchemas extends EventSchemas>(
  definition: ProjectionDefinition<TRow, TSchemas>,
): Projection<TRow> {
  const { name, events, on, positions = 'in-row', listed } = definition;
  const rows = defineRows({ ...definition, isListed: listed !== undefined });
  for (const type of Object.keys(on)) {
    if (!Object.hasOwn(events, type)) {
      throw new InvalidArgumentError(
        `Projection "${name}" listens to "${type}", which its events do not define. Add the definition.`,
      );
    }
  }
  const policy = { unknownEvents: 'skip', wanted: (type: string) => Object.hasOwn(on, type) } as const;
  return {
    ...rows,
    positions,
    changesOf: (event) => {
      const changes: Change[] = [];
      for (const each of readEvents(events, [event], event.stream, policy)) {
        for (const change of toList(handlerOf(on, each.type)?.(each))) {
          checkKey(change);
          changes.push(change);
        }
      }
      return changes;
    },
    // The rows of this projection are those that its own handlers made.
    listed: listed as Projection<TRow>['listed'],
  };
}

function handlerOf(on: object, type: string): ((event: RecordedEvent) => Changes) | undefined {
  if (!Object.hasOwn(on, type)) return undefined;
  // Events were validated against the schema of their type when they were appended; rows are JSON once they are applied.
  return (on as Readonly<Record<string, (event: RecordedEvent) => Changes>>)[type];
}

function toList(changes: Changes): readonly Change[] {
  if (changes === undefined) return [];
  return 'kind' in changes ? [changes] : changes;
}
