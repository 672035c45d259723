import type { StandardSchemaV1 } from '@standard-schema/spec';
import { InvalidArgumentError, InvalidEventError } from './errors.js';
import type { Metadata } from './metadata.js';

/** Event types and the schema of each one's data: any Standard Schema, such as zod's. */
export type EventSchemas = Readonly<Record<string, StandardSchemaV1>>;

/** The data of the events of one type. */
export type EventData<TSchemas extends EventSchemas, TType extends keyof TSchemas> = StandardSchemaV1.InferOutput<
  TSchemas[TType]
>;

/** An event as it is decided: a fact that is not recorded yet. */
export interface NewEvent<TType extends string = string, TData = unknown> {
  readonly type: TType;
  readonly data: TData;
}

/** The union of the events that the schemas define. */
export type EventOf<TSchemas extends EventSchemas> = {
  [TType in keyof TSchemas & string]: NewEvent<TType, EventData<TSchemas, TType>>;
}[keyof TSchemas & string];

/** An event as it stands in its stream. */
export interface RecordedEvent<TType extends string = string, TData = unknown> extends NewEvent<TType, TData> {
  /** `<commit>.<index>`: the same wherever the event is seen. */
  readonly id: string;
  readonly stream: string;
  /** Its place in the stream, from 1. */
  readonly version: number;
  /** When it was recorded, ISO 8601. */
  readonly at: string;
  readonly metadata: Metadata;
}

/** The union of the events that the schemas define, as they stand in their streams. */
export type RecordedEventOf<TSchemas extends EventSchemas> = {
  [TType in keyof TSchemas & string]: RecordedEvent<TType, EventData<TSchemas, TType>>;
}[keyof TSchemas & string];

/** Types that begin so belong to Everfold itself: private to their stream, never published. */
const RESERVED_PREFIX = '$';

/**
 * Whether an event type belongs to Everfold itself.
 *
 * @example
 * ```ts
 * const published = recordedEvents(commit).filter(({ type }) => !isReserved(type));
 * ```
 */
export function isReserved(type: string): boolean {
  return type.startsWith(RESERVED_PREFIX);
}

/**
 * Defines the events of an aggregate, a saga or a whole service.
 *
 * @param schemas - A schema for each event type. Types begin with a letter; those that begin with `$` are Everfold's own.
 * @throws InvalidArgumentError when a type is not a name.
 *
 * @example
 * ```ts
 * const orderEvents = defineEvents({
 *   OrderPlaced: z.object({ orderId: z.string(), amountCents: z.number().int() }),
 * });
 * ```
 */
export function defineEvents<const TSchemas extends EventSchemas>(schemas: TSchemas): TSchemas {
  for (const type of Object.keys(schemas)) {
    if (!/^[A-Za-z][A-Za-z0-9_.]*$/.test(type)) {
      throw new InvalidArgumentError(
        `Event type "${type}" is not a name. Begin it with a letter and use letters, digits, "_" and "." only.`,
      );
    }
  }
  return Object.freeze({ ...schemas });
}

/**
 * Checks an event against its definition and returns it with the data as its schema outputs it.
 *
 * @param schemas - What `defineEvents` returned.
 * @throws InvalidEventError when the type is not defined or the data fails its schema.
 *
 * @example
 * ```ts
 * const event = await validateEvent(orderEvents, { type: 'OrderPlaced', data: { orderId: '7', amountCents: 1250 } });
 * ```
 */
export async function validateEvent<TSchemas extends EventSchemas>(
  schemas: TSchemas,
  event: NewEvent,
): Promise<NewEvent> {
  const schema = Object.hasOwn(schemas, event.type) ? schemas[event.type] : undefined;
  if (schema === undefined) {
    const known = Object.keys(schemas).join(', ');
    throw new InvalidEventError(event.type, [
      { path: '', reason: `no event of this type is defined; there are ${known}` },
    ]);
  }
  const validated = schema['~standard'].validate(event.data);
  const result = validated instanceof Promise ? await validated : validated;
  if (result.issues === undefined) return { type: event.type, data: result.value };
  throw new InvalidEventError(
    event.type,
    result.issues.map(({ path, message }) => ({ path: formatPath(path), reason: message })),
  );
}

function formatPath(path: StandardSchemaV1.Issue['path']): string {
  return (path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.');
}
