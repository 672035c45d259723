/** A value that JSON carries unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A place in a value where JSON would lose or change something. */
export interface JsonFlaw {
  /** The way there, such as `lines.0.price`; empty for the value itself. */
  readonly path: string;
  readonly reason: string;
}

/**
 * Finds the first place where `JSON.parse(JSON.stringify(value))` would differ from `value`.
 *
 * An absent key and a key that holds `undefined` are the same to JSON, and so they are here.
 */
export function findJsonFlaw(value: unknown, path = '', ancestors: readonly object[] = []): JsonFlaw | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      if (Object.is(value, -0)) return { path, reason: 'JSON would turn -0 into 0' };
      return Number.isFinite(value) ? undefined : { path, reason: `JSON has no ${value}` };
    case 'object':
      return value === null ? undefined : findFlawInObject(value, path, ancestors);
    default:
      return { path, reason: `JSON has no ${typeof value}` };
  }
}

function findFlawInObject(value: object, path: string, ancestors: readonly object[]): JsonFlaw | undefined {
  if (ancestors.includes(value)) return { path, reason: 'the value contains itself' };
  const isArray = Array.isArray(value);
  if (!isArray && !isPlain(value)) return { path, reason: `JSON has no ${value.constructor?.name ?? 'such object'}` };
  if (Object.getOwnPropertySymbols(value).length > 0) return { path, reason: 'JSON has no symbol keys' };
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return { path, reason: 'JSON would call its toJSON' };

  const inside = [...ancestors, value];
  if (isArray) {
    for (let index = 0; index < value.length; index++) {
      const flaw = findJsonFlaw(value[index], join(path, index), inside);
      if (flaw) return flaw;
    }
    return undefined;
  }
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue;
    const flaw = findJsonFlaw(entry, join(path, key), inside);
    if (flaw) return flaw;
  }
  return undefined;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function join(path: string, key: string | number): string {
  return path === '' ? String(key) : `${path}.${key}`;
}
