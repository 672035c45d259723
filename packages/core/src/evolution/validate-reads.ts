import type { StandardSchemaV1 } from '@standard-schema/spec';
import { InvalidArgumentError } from '../errors.js';
import { type EventSchemas, type NewEvent, problemsOf } from '../events.js';
import { UnreadableEventError } from './errors.js';
import { type Evolution, type EvolvingSchema, evolutionOf } from './evolving.js';

/** Events whose data is checked when they are read. */
export type ValidatedReads<TSchemas extends EventSchemas> = {
  readonly [TType in keyof TSchemas]: EvolvingSchema<
    StandardSchemaV1.InferInput<TSchemas[TType]>,
    StandardSchemaV1.InferOutput<TSchemas[TType]>
  >;
};

/**
 * Has recorded data checked against its schema whenever it is read: by aggregates, projections and consumers alike. Without
 * it, data is checked when it is appended, and taken on trust from then on.
 *
 * What a schema makes of the data is not used, so schemas have to accept what they output; and they have to answer at once.
 *
 * @param schemas - What `defineEvents` returned.
 * @returns The same events. Reading one that fails its schema throws an `UnreadableEventError`, and an
 *   `InvalidArgumentError` where the schema does not answer at once.
 *
 * @example
 * ```ts
 * const distrusted = validateReads(orderEvents);
 * for (const { type } of readEvents(distrusted, recordedEvents(commit), commit.stream)) console.log(type);
 * ```
 */
export function validateReads<const TSchemas extends EventSchemas>(schemas: TSchemas): ValidatedReads<TSchemas> {
  const validated = Object.entries(schemas).map(([type, schema]) => [type, validatedWhenRead(schema)]);
  // Each schema checks what it did, and tells the same types.
  return Object.freeze(Object.fromEntries(validated)) as ValidatedReads<TSchemas>;
}

function validatedWhenRead(schema: StandardSchemaV1): EvolvingSchema {
  const evolution = evolutionOf(schema) ?? UNCHANGING;
  const checking: Evolution = {
    ...evolution,
    decodeEvent(event, stream) {
      const data = evolution.decodeEvent(event, stream);
      validate(schema, event, stream, data);
      return data;
    },
  };
  return Object.freeze({ '~standard': schema['~standard'], '~evolution': Object.freeze(checking) });
}

/** What was never recorded in another form. */
const UNCHANGING: Evolution = {
  revision: 1,
  upcast: {},
  upcastEvent: (event) => [event],
  decodeEvent: ({ data }) => data,
  encodeEvent: (event) => event,
};

function validate(schema: StandardSchemaV1, { type, revision = 1 }: NewEvent, stream: string, data: unknown): void {
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
