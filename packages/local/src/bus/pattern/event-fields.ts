import { isLeaf, isObject, type Leaf } from './leaf.js';

/** Which element of which array a value is in: number of the array to index. An array is numbered in the order of the walk. */
export type Seat = ReadonlyMap<number, number>;

/** One leaf of an event. */
export interface EventField {
  readonly leaf: Leaf;
  readonly seat: Seat;
}

/** The leaves of an event by field, such as `detail.lines.product`; arrays leave no trace in the name. */
export type EventFields = ReadonlyMap<string, readonly EventField[]>;

/** Chooses what of an event to walk into. */
export type FieldFilter = (path: string) => boolean;

/**
 * A filter that lets through the given fields and what leads to them.
 */
export function onlyFields(fields: Iterable<string>): FieldFilter {
  const wanted = new Set<string>();
  for (const field of fields) {
    for (let end = field.indexOf('.'); end !== -1; end = field.indexOf('.', end + 1)) wanted.add(field.slice(0, end));
    wanted.add(field);
  }
  return (path) => wanted.has(path);
}

/**
 * Lists the leaves of an event, each with its place in the arrays around it.
 *
 * An array's plain elements are leaves of the array's own field; its objects and arrays have a seat in it, so that a pattern cannot take
 * one field from one element and another field from another.
 * Source: aws/event-ruler, README, "JSON Array Matching".
 */
export function listFields(event: object, isWanted: FieldFilter): EventFields {
  const fields = new Map<string, EventField[]>();
  let arrays = 0;

  const addObject = (object: object, path: string, seat: Seat): void => {
    const entries: readonly [string, unknown][] = Object.entries(object);
    for (const [name, value] of entries) {
      const inside = path === '' ? name : `${path}.${name}`;
      if (isWanted(inside)) add(value, inside, seat);
    }
  };
  const addArray = (array: readonly unknown[], path: string, seat: Seat): void => {
    const number = arrays++;
    for (const [index, element] of array.entries()) {
      const isLeaf = !isObject(element) && !Array.isArray(element);
      add(element, path, isLeaf ? seat : new Map(seat).set(number, index));
    }
  };
  const add = (value: unknown, path: string, seat: Seat): void => {
    if (isObject(value)) addObject(value, path, seat);
    else if (Array.isArray(value)) addArray(value, path, seat);
    else if (isLeaf(value)) addLeaf(value, path, seat);
  };
  const addLeaf = (leaf: Leaf, path: string, seat: Seat): void => {
    const others = fields.get(path);
    if (others) others.push({ leaf, seat });
    else fields.set(path, [{ leaf, seat }]);
  };

  addObject(event, '', new Map());
  return fields;
}

/** Both seats in one, or nothing when they are in different elements of the same array. */
export function shareSeat(left: Seat, right: Seat): Seat | undefined {
  if (right.size === 0) return left;
  for (const [array, index] of right) {
    if ((left.get(array) ?? index) !== index) return undefined;
  }
  return new Map([...left, ...right]);
}
