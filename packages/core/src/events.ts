import type { StandardSchemaV1 } from '@standard-schema/spec';
import { InvalidEventError, type Problem } from './errors.js';
import { evolutionOf, revisionOf } from './evolution/evolving.js';
import type { Metadata } from './metadata.js';
import { checkName } from './name.js';

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
  /** The form of `data`, as events of this type had it when this one was recorded, from 1. Default 1. */
  readonly revision?: number;
}

/** The union of the events that the schemas define. */
export type EventOf<TSchemas extends EventSchemas> = {
  [TType in keyof TSchemas & string]: NewEvent<TType, EventData<TSchemas, TType>>;
}[keyof TSchemas & string];

/** An event as it stands in its stream. */
export interface RecordedEvent<TType extends string = string, TData = unknown> extends NewEvent<TType, TData> {
  /**
   * `<commit>.<index>`, or `<commit>.<index>.<part>` for one of several that an event is upcast to: the same wherever the
   * event is seen.
   */
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
 * @param schemas - A schema for each event type, made by `evolving` where the form of its data has changed. Types begin
 *   with a letter; those that begin with `$` are Everfold's own.
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
  for (const type of Object.keys(schemas)) checkName('Event type', type);
  return Object.freeze({ ...schemas });
}

/**
 * Checks an event against its definition.
 *
 * @param schemas - What `defineEvents` returned.
 * @returns The event with its data as the schema outputs it: not encoded, and so not necessarily what JSON carries.
 * @throws InvalidEventError when the type is not defined, the data fails its schema, or a revision is given that is not
 *   the one in which such events are recorded now.
 *
 * @example
 * ```ts
 * const { data } = await checkEvent(orderEvents, { type: 'OrderPlaced', data: { orderId: '7', amountCents: 1250 } });
 * ```
 */
export async function checkEvent(schemas: EventSchemas, event: NewEvent): Promise<NewEvent> {
  const { type, revision } = event;
  const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
  if (schema === undefined) {
    const known = Object.keys(schemas).join(', ');
    throw new InvalidEventError(type, [{ path: '', reason: `no event of this type is defined; there are ${known}` }]);
  }
  if (revision !== undefined && revision !== revisionOf(schema)) {
    const reason = `${revision} is given, and events of this type are recorded in ${revisionOf(schema)}`;
    throw new InvalidEventError(type, [{ path: 'revision', reason }]);
  }
  const validated = schema['~standard'].validate(event.data);
  const result = validated instanceof Promise ? await validated : validated;
  if (result.issues === undefined) return { type, data: result.value };
  throw new InvalidEventError(type, problemsOf(result.issues));
}

/**
 * Brings an event into the form in which it is recorded: its data encoded, where its definition has a codec, and its
 * revision noted.
 *
 * @param schemas - What `defineEvents` returned.
 *
 * @example
 * ```ts
 * await store.append({ after, events: [encodeEvent(orderEvents, orderPlaced)], metadata });
 * ```
 */
export function encodeEvent<TEvent extends NewEvent>(schemas: EventSchemas, event: TEvent): TEvent {
  return evolutionOf(schemas[event.type])?.encodeEvent(event) ?? event;
}

/**
 * Checks an event against its definition and brings it into the form in which it is recorded.
 *
 * @param schemas - What `defineEvents` returned.
 * @returns The event with its data as the schema outputs it and the codec, if there is one, encodes it.
 * @throws InvalidEventError when the type is not defined or the data fails its schema.
 *
 * @example
 * ```ts
 * const event = await validateEvent(orderEvents, { type: 'OrderPlaced', data: { orderId: '7', amountCents: 1250 } });
 * ```
 */
export async function validateEvent(schemas: EventSchemas, event: NewEvent): Promise<NewEvent> {
  return encodeEvent(schemas, await checkEvent(schemas, event));
}

/** What a schema found wrong, with the way there. */
export function problemsOf(issues: readonly StandardSchemaV1.Issue[]): Problem[] {
  return issues.map(({ path, message }) => ({ path: formatPath(path), reason: message }));
}

function formatPath(path: StandardSchemaV1.Issue['path']): string {
  return (path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.');
}
