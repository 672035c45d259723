import { UnknownEventError } from '../errors.js';
import { type EventSchemas, isReserved, type NewEvent } from '../events.js';
import { NewerRevisionError, UnreadableEventError } from './errors.js';
import { evolutionOf, isRevision } from './evolving.js';

/** How recorded events are read. */
export interface ReadPolicy {
  /** What becomes of an event of a type that is not defined: `skip` leaves it out. Default `fail`. */
  readonly unknownEvents?: 'fail' | 'skip';
  /** Not here: `validateReads(events)` makes events whose data is checked whenever they are read. */
  readonly validateReads?: never;
  /** Which types are wanted; others are left out, as little read as need be. Default: all. */
  readonly wanted?: (type: string) => boolean;
}

/**
 * Reads recorded events by their definitions: upcast, decoded, in the form that the definitions have today.
 *
 * Events that need neither are handed out as they are. Those of Everfold itself are left out.
 *
 * @param schemas - What `defineEvents` returned.
 * @param stream - Where they are recorded, for what errors say.
 * @throws UnknownEventError when a type is not defined, unless such are skipped.
 * @throws NewerRevisionError when the form is newer than the definition.
 * @throws UnreadableEventError when an upcaster or the codec fails; what `validateReads` has the schemas throw.
 *
 * @example
 * ```ts
 * for (const { type, data } of readEvents(orderEvents, recordedEvents(commit), commit.stream)) console.log(type, data);
 * ```
 */
export function readEvents<TEvent extends NewEvent>(
  schemas: EventSchemas,
  events: readonly TEvent[],
  stream: string,
  policy: ReadPolicy = {},
): readonly TEvent[] {
  const reader = { schemas, stream, policy };
  let read: TEvent[] | undefined;
  let index = 0;
  for (const event of events) {
    const instead = readEvent(reader, event, NOWHERE);
    if (instead === undefined) read?.push(event);
    else {
      read ??= events.slice(0, index);
      read.push(...instead);
    }
    index++;
  }
  return read ?? events;
}

interface Reader {
  readonly schemas: EventSchemas;
  readonly stream: string;
  readonly policy: ReadPolicy;
}

const NOWHERE: readonly string[] = [];
const NOTHING: readonly never[] = [];

/**
 * Reads one event.
 *
 * @param trail - The revisions that were made into several events on the way to this one.
 * @returns What stands in its place; `undefined` when it stands as it is, which costs nothing.
 */
function readEvent<TEvent extends NewEvent>(
  reader: Reader,
  event: TEvent,
  trail: readonly string[],
): readonly TEvent[] | undefined {
  const { schemas, stream, policy } = reader;
  const { type, revision = 1 } = event;
  const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
  if (schema === undefined) {
    if (policy.unknownEvents === 'skip' || isReserved(type)) return NOTHING;
    throw new UnknownEventError(stream, type);
  }
  const evolution = evolutionOf(schema);
  const known = evolution?.revision ?? 1;
  if (!isRevision(revision)) {
    const reason = 'a revision is a whole number from 1';
    throw new UnreadableEventError({ stream, type, revision }, [{ path: '', reason }]);
  }
  if (evolution !== undefined && revision < known) {
    const read = <TMade extends NewEvent>(made: TMade, on: readonly string[]) => readEvent(reader, made, on) ?? [made];
    return evolution.upcastEvent(event, { stream, trail, read });
  }
  if (policy.wanted?.(type) === false) return NOTHING;
  if (revision > known) throw new NewerRevisionError({ stream, type, revision }, known);
  const data = evolution ? evolution.decodeEvent(event, stream) : event.data;
  return data === event.data ? undefined : [{ ...event, data }];
}
