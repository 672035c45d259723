import type { EventSchemas } from '@everfold/core';

/**
 * What a schema says of the data that it takes, as JSON Schema, if it can.
 * Source: Standard JSON Schema, standardschema.dev/json-schema: `~standard.jsonSchema.input({ target })` throws for what it cannot say.
 */
export function jsonSchemaOf(schema: EventSchemas[string]): unknown {
  const standard: object = schema['~standard'];
  if (!('jsonSchema' in standard) || typeof standard.jsonSchema !== 'object' || standard.jsonSchema === null)
    return undefined;
  const { jsonSchema } = standard;
  if (!('input' in jsonSchema) || typeof jsonSchema.input !== 'function') return undefined;
  try {
    return jsonSchema.input({ target: 'draft-2020-12' });
  } catch {
    return undefined;
  }
}
