import { checkWholeNumber, InvalidArgumentError } from '@everfold/core';
import type { Row } from '../changes.js';
import { boundsOf, isWithin } from './listed.js';
import type { ListRequest, Page, PageRequest } from './read-model-store.js';

const DEFAULT_LIMIT = 100;
const LARGEST_LIMIT = 1000;

/** A place in a listing, of which cursors are made: `[key]` among all rows, `[sort, key]` in a group. */
export type Place = readonly string[];

/** A row found for a page. */
export interface Found {
  readonly key: string;
  readonly row: Row;
  readonly place: Place;
}

/**
 * How many rows a page has.
 *
 * @throws InvalidArgumentError when it is not a whole number from 1 to 1,000.
 */
export function limitOf({ limit = DEFAULT_LIMIT }: PageRequest): number {
  checkWholeNumber(`limit is ${limit}`, limit, 1, LARGEST_LIMIT);
  return limit;
}

/** Makes a page of what was found: one row more than the page has tells that there is another. */
export function toPage(found: readonly Found[], limit: number): Page {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const page = { rows: rows.map(({ key, row }) => ({ key, row })) };
  return found.length > limit && last !== undefined ? { ...page, cursor: toCursor(last.place) } : page;
}

/**
 * The place after which a page begins; `undefined` at the beginning.
 *
 * @param parts - How many parts a place of this listing has.
 * @throws InvalidArgumentError when the cursor was not made here: cursors come back from the outside.
 */
export function placeOf({ cursor }: PageRequest, parts: number): Place | undefined {
  if (cursor === undefined) return undefined;
  const place = parse(cursor);
  if (Array.isArray(place) && place.length === parts && place.every((part) => typeof part === 'string' && part !== ''))
    return place;
  throw foreignCursor(cursor);
}

/**
 * The same of a group: its pages keep to the bounds of their request.
 *
 * @throws InvalidArgumentError when the cursor was not made here, or for other bounds.
 */
export function placeInGroup(request: ListRequest): Place | undefined {
  const bounds = boundsOf(request);
  const place = placeOf(request, 2);
  const [sort] = place ?? [];
  if (sort === undefined || isWithin(sort, bounds)) return place;
  throw foreignCursor(request.cursor);
}

function foreignCursor(cursor: string | undefined): InvalidArgumentError {
  return new InvalidArgumentError(
    `"${cursor}" is not a cursor of this listing. Give the one that its last page came with.`,
  );
}

/** The cursor that names a place. */
export function toCursor(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
