/** A JSON object whose fields are not known yet. */
export interface JsonObject {
  readonly [field: string]: unknown;
}

/** A JSON value without fields or elements: patterns compare only these. */
export type Leaf = string | number | boolean | null;

/** Says whether a leaf of an event is what a pattern asks for. */
export type LeafTest = (leaf: Leaf) => boolean;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isLeaf(value: unknown): value is Leaf {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** A test that only strings can pass. */
export function onStrings(test: (text: string) => boolean): LeafTest {
  return (leaf) => typeof leaf === 'string' && test(leaf);
}
