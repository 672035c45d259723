import { isDeepStrictEqual } from 'node:util';
import type { Json } from '@everfold/core';

/* Whether what was recorded under one JSON Schema is still taken, and kept whole, by another. In doubt it is not. */

type Schema = Readonly<Record<string, Json>>;

/** Say nothing about what is valid. Source: JSON Schema 2020-12, "Validation", section 9; "Core", section 8. */
const ANNOTATIONS = new Set([
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
]);

/** Keywords that bound from below, and from above. */
const AT_LEAST = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const AT_MOST = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

/** Keywords that have rules of their own below. */
const KNOWN = new Set([
  ...ANNOTATIONS,
  ...AT_LEAST,
  ...AT_MOST,
  'type',
  'enum',
  'const',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'anyOf',
  'oneOf',
]);

/**
 * Why data that was valid may not be any more, or may lose something.
 *
 * @param path - The way to the data, such as `order.lines`.
 */
export function narrowings(before: Json, after: Json, path = ''): string[] {
  if (isDeepStrictEqual(bare(before), bare(after))) return [];
  const wide = alternativesOf(after);
  return alternativesOf(before).flatMap((each) => {
    const attempts = wide.map((other) => narrowed(each, other, path));
    const [fewest = [`${at(path)} has no form any more`]] = attempts.sort((one, other) => one.length - other.length);
    return fewest;
  });
}

/** The forms that a schema has: those of a union, and one for each type that it names. */
function alternativesOf(schema: Json): Schema[] {
  if (schema === false) return [];
  if (!isSchema(schema)) return [{}];
  const { anyOf, oneOf, type, ...rest } = schema;
  const union = anyOf ?? oneOf;
  if (Array.isArray(union))
    return union.flatMap((each) => alternativesOf(isSchema(each) ? { ...rest, ...each } : each));
  if (Array.isArray(type)) return type.map((each: Json) => ({ ...rest, type: each }));
  return [schema];
}

function narrowed(before: Schema, after: Schema, path: string): string[] {
  return [
    ...ofType(before, after, path),
    ...ofValues(before, after, path),
    ...ofBounds(before, after, path),
    ...ofFields(before, after, path),
    ...ofElements(before, after, path),
    ...ofTheRest(before, after, path),
  ];
}

function ofType(before: Schema, after: Schema, path: string): string[] {
  if (after.type === undefined || before.type === after.type) return [];
  if (before.type === 'integer' && after.type === 'number') return [];
  return [`${at(path)} was of type ${before.type ?? 'any'} and is ${after.type}`];
}

function ofValues(before: Schema, after: Schema, path: string): string[] {
  const [values, allowed] = [valuesOf(before), valuesOf(after)];
  if (allowed === undefined) return [];
  if (values === undefined) return [`${at(path)} is restricted to ${JSON.stringify(allowed)}`];
  const lost = values.filter((value) => !allowed.some((each) => isDeepStrictEqual(each, value)));
  return lost.map((value) => `${at(path)} cannot be ${JSON.stringify(value)} any more`);
}

function valuesOf({ enum: values, const: only }: Schema): readonly Json[] | undefined {
  if (only !== undefined) return [only];
  return Array.isArray(values) ? values : undefined;
}

function ofBounds(before: Schema, after: Schema, path: string): string[] {
  const isTighter = (keyword: string, sign: number) => {
    const [was, is] = [before[keyword], after[keyword]];
    return typeof is === 'number' && !(typeof was === 'number' && sign * was >= sign * is);
  };
  const tighter = [
    ...AT_LEAST.filter((keyword) => isTighter(keyword, 1)),
    ...AT_MOST.filter((keyword) => isTighter(keyword, -1)),
  ];
  return tighter.map(
    (keyword) => `${at(path)} had ${keyword} ${before[keyword] ?? 'of any size'} and has ${after[keyword]}`,
  );
}

function ofFields(before: Schema, after: Schema, path: string): string[] {
  if (before.type !== 'object' || after.type !== 'object') return [];
  const [had, has] = [fieldsOf(before), fieldsOf(after)];
  const required = namesIn(after.required).filter((name) => !namesIn(before.required).includes(name));
  const others = after.additionalProperties;
  const changed = Object.entries(had).flatMap(([name, schema]) => {
    const now = has[name] ?? (others === undefined ? false : others);
    return now === false ? [`${at(joined(path, name))} is dropped`] : narrowings(schema, now, joined(path, name));
  });
  const further = before.additionalProperties ?? true;
  return [
    ...changed,
    ...required.map((name) => `${at(joined(path, name))} is required now`),
    ...(others === undefined ? [] : narrowings(further, others, joined(path, '*'))),
  ];
}

function ofElements(before: Schema, after: Schema, path: string): string[] {
  return after.items === undefined ? [] : narrowings(before.items ?? true, after.items, `${path}[]`);
}

/** A keyword without rules of its own: whatever it asks for is new, unless it asked for the same before. */
function ofTheRest(before: Schema, after: Schema, path: string): string[] {
  const asked = Object.keys(after).filter((keyword) => !KNOWN.has(keyword));
  return asked
    .filter((keyword) => !isDeepStrictEqual(before[keyword], after[keyword]))
    .map((keyword) => `${at(path)} has another ${keyword}`);
}

/** A schema without what says nothing about validity, at its top. */
function bare(schema: Json): Json {
  if (!isSchema(schema)) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !ANNOTATIONS.has(keyword)));
}

function isSchema(schema: Json): schema is Schema {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema);
}

function fieldsOf({ properties }: Schema): Schema {
  return properties !== undefined && isSchema(properties) ? properties : {};
}

function namesIn(names: Json | undefined): readonly string[] {
  return Array.isArray(names) ? names.map(String) : [];
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function at(path: string): string {
  return path === '' ? 'its data' : `"${path}"`;
}
