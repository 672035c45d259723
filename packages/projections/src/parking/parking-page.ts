import { type Place, toCursor } from '../read-models/page.js';
import type { ParkingPage } from './parking-lot.js';

/** An entry found for a page, with its place: when, which stream, and which entry of it. */
export interface FoundEntry<TEntry> {
  readonly entry: TEntry;
  readonly place: Place;
}

/** How many parts a place has. */
export const PLACE_PARTS = 3;

/** Makes a page of what was found: one entry more than the page has tells that there is another. */
export function toParkingPage<TEntry>(found: readonly FoundEntry<TEntry>[], limit: number): ParkingPage<TEntry> {
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const entries = shown.map(({ entry }) => entry);
  return found.length > limit && last !== undefined ? { entries, cursor: toCursor(last.place) } : { entries };
}

/** The name of a stream's standing among its entries. */
export const STANDING = 'standing';

/** The name of a skipped commit among the entries of its stream: in version order. */
export function skippedName(version: number): string {
  return `skipped/${String(version).padStart(16, '0')}`;
}
