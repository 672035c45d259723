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
 * An absent key and a key that holds `undefined` are the same to JSON, and so they are here. So are an object without
 * a prototype and `{}`.
 *
 * @example
 * ```ts
 * findJsonFlaw({ lines: [{ price: Number.NaN }] }); // { path: 'lines.0.price', reason: 'JSON has no NaN' }
 * ```
 */
export function findJsonFlaw(value: unknown): JsonFlaw | undefined {
  return findFlaw(value, []);
}

function findFlaw(value: unknown, ancestors: object[]): JsonFlaw | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      if (Object.is(value, -0)) return flaw('JSON would turn -0 into 0');
      return Number.isFinite(value) ? undefined : lacking(value);
    case 'object':
      return value === null ? undefined : findFlawInObject(value, ancestors);
    default:
      return lacking(typeof value);
  }
}

function findFlawInObject(value: object, ancestors: object[]): JsonFlaw | undefined {
  if (ancestors.includes(value)) return flaw('the value contains itself');
  if (!isLiteral(value)) return lacking(classOf(value));
  if (Object.getOwnPropertySymbols(value).length > 0) return lacking('symbol keys');
  if (typeof value.toJSON === 'function') return flaw('JSON would call its toJSON');

  ancestors.push(value);
  const found = Array.isArray(value) ? findFlawInArray(value, ancestors) : findFlawInEntries(value, ancestors);
  ancestors.pop();
  return found;
}

function findFlawInArray(array: readonly unknown[], ancestors: object[]): JsonFlaw | undefined {
  for (let index = 0; index < array.length; index++) {
    const found = findFlaw(array[index], ancestors);
    if (found) return under(index, found);
  }
  // Indices come first among the keys, and none is missing: a hole was found above.
  const extra = Object.keys(array)[array.length];
  return extra === undefined ? undefined : under(extra, lacking('named properties of an array'));
}

function findFlawInEntries(object: Readonly<Record<string, unknown>>, ancestors: object[]): JsonFlaw | undefined {
  for (const key of Object.keys(object)) {
    const entry = object[key];
    if (entry === undefined) continue;
    const found = findFlaw(entry, ancestors);
    if (found) return under(key, found);
  }
  return undefined;
}

function flaw(reason: string): JsonFlaw {
  return { path: '', reason };
}

function lacking(what: string | number): JsonFlaw {
  return flaw(`JSON has no ${what}`);
}

/** The path is put together on the way out: a value without a flaw pays nothing for it. */
function under(key: string | number, { path, reason }: JsonFlaw): JsonFlaw {
  return { path: path === '' ? String(key) : `${key}.${path}`, reason };
}

/** Whether a value is of the kind that `{}` and `[]` make, in whatever realm: a `vm` context has an `Object` of its own. */
function isLiteral(value: object): value is Readonly<Record<string, unknown>> {
  const prototype = Object.getPrototypeOf(value);
  if (!Array.isArray(value)) return prototype === null || isRoot(prototype);
  return Array.isArray(prototype) && isRoot(Object.getPrototypeOf(prototype));
}

/** Whether an object is some realm's `Object.prototype`; nearly always, it is this one's. */
function isRoot(object: object): boolean {
  if (object === Object.prototype) return true;
  return Object.getPrototypeOf(object) === null && Object.hasOwn(object, 'isPrototypeOf');
}

function classOf(value: object): string {
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' && name !== '' ? name : 'such object';
}
