import type { StandardSchemaV1 } from '@standard-schema/spec';
import { InvalidArgumentError, UnknownEventError } from '../errors.js';
import { type EventSchemas, isReserved, type NewEvent, problemsOf } from '../events.js';
import { NewerRevisionError, UnreadableEventError } from './errors.js';
import { type Evolution, evolutionOf, isRevision } from './evolving.js';
import { severalOf } from './several-events.js';

/** How recorded events are read. */
export interface ReadPolicy {
  /** What becomes of an event of a type that is not defined: `skip` leaves it out. Default `fail`. */
  readonly unknownEvents?: 'fail' | 'skip';
  /**
   * Whether data is checked against its schema. What the schema makes of it is not used, so schemas have to accept what
   * they output; and they have to answer at once. Default false: data was checked when it was appended.
   */
  readonly validateReads?: boolean;
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
 * @throws UnreadableEventError when an upcaster or the codec fails, or the data fails its schema.
 * @throws InvalidArgumentError when reads are to be validated by a schema that does not answer at once.
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
  const evolution = evolutionOf(schema) ?? UNCHANGING;
  if (!isRevision(revision) || revision < evolution.revision) return upcastEvent(reader, evolution, event, trail);
  if (policy.wanted?.(type) === false) return NOTHING;
  if (revision > evolution.revision) throw new NewerRevisionError({ stream, type, revision }, evolution.revision);
  if (evolution.codec === undefined) {
    if (policy.validateReads) validate(reader, schema, event, event.data);
    return undefined;
  }
  const data = decode(reader, evolution.codec, event);
  if (policy.validateReads) validate(reader, schema, event, data);
  return [{ ...event, data }];
}

const UNCHANGING: Evolution = { revision: 1, upcast: {} };

function upcastEvent<TEvent extends NewEvent>(
  reader: Reader,
  { revision: current, upcast }: Evolution,
  event: TEvent,
  trail: readonly string[],
): readonly TEvent[] {
  const { type, revision = 1 } = event;
  const refuse = (reason: string, options?: ErrorOptions) =>
    new UnreadableEventError({ stream: reader.stream, type, revision }, [{ path: '', reason }], options);
  if (!isRevision(revision)) throw refuse('a revision is a whole number from 1');

  let { data }: NewEvent = event;
  for (let earlier = revision; earlier < current; earlier++) {
    try {
      data = upcast[earlier]?.(data);
    } catch (error) {
      throw refuse(`its upcaster for revision ${earlier} threw ${String(error)}`, { cause: error });
    }
    if (data === undefined || data instanceof Promise) {
      throw refuse(`its upcaster for revision ${earlier} returned ${data === undefined ? 'nothing' : 'a promise'}`);
    }
    const several = severalOf(data);
    if (several === undefined) continue;
    const step = `"${type}" of revision ${earlier}`;
    if (trail.includes(step)) throw refuse(`its upcasters make ${step} of itself`);
    const partial = several.length > 1;
    return several.flatMap((part, index) => {
      const made = inForm(partial ? withPart(event, index) : event, part);
      return readEvent(reader, made, [...trail, step]) ?? [made];
    });
  }
  const made = inForm(event, { type, data, revision: current });
  return readEvent(reader, made, trail) ?? [made];
}

/** An event with another form of its data; revision 1 is left out where it can be. */
function inForm<TEvent extends NewEvent>(event: TEvent, { type, data, revision = 1 }: NewEvent): TEvent {
  return revision === (event.revision ?? 1) ? { ...event, type, data } : { ...event, type, data, revision };
}

/** Parts of parts are counted below them, so that an id stays when another part is split later on. */
function withPart<TEvent extends NewEvent & { readonly id?: unknown }>(event: TEvent, index: number): TEvent {
  return event.id === undefined ? event : { ...event, id: `${event.id}.${index}` };
}

function decode({ stream }: Reader, codec: NonNullable<Evolution['codec']>, event: NewEvent): unknown {
  try {
    return codec.decode(event.data);
  } catch (error) {
    const { type, revision = 1 } = event;
    const reason = `its codec threw ${String(error)}`;
    throw new UnreadableEventError({ stream, type, revision }, [{ path: '', reason }], { cause: error });
  }
}

function validate({ stream }: Reader, schema: StandardSchemaV1, event: NewEvent, data: unknown): void {
  const { type, revision = 1 } = event;
  const result = schema['~standard'].validate(data);
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throw new InvalidArgumentError(
      `The schema of "${type}" takes its time, and reads are validated at once. Leave validateReads out, or check asynchronously before appending.`,
    );
  }
  if (result.issues !== undefined) {
    throw new UnreadableEventError({ stream, type, revision }, problemsOf(result.issues));
  }
}
