import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../read-models/dynamodb/row-item.js';
import {
  type Attempts,
  type ParkedStream,
  type SkippedCommit,
  type Standing,
  type StandingWrite,
  unblemished,
} from '../parking-lot.js';
import { STANDING, skippedName } from '../parking-page.js';
import type { SkippedVersions } from '../skips.js';

/** Counts of failed attempts, and the times of the first, are attributes of their own: one request counts any version. */
export const COUNT = 'failed@';
export const SINCE = 'since@';

/** Every stream has a partition of its own: standings are read and written by key. */
export function entryKey(projection: string, stream: string, name: string = STANDING) {
  return { part: { S: `${projection}/parking/${stream}` }, key: { S: name } };
}

/** The groups of the index. No group of rows is named so: theirs begin with the name of a projection, which has an "@". */
export function parkedGroup(projection: string): string {
  return `parked/${projection}`;
}

export function skippedGroup(projection: string): string {
  return `skipped/${projection}`;
}

/** Encodes a standing, as `readModelTable` describes it. */
export function toStandingItem(
  projection: string,
  { stream, revision, parked, skipped }: StandingWrite,
): Record<string, AttributeValue> {
  return {
    ...entryKey(projection, stream),
    rev: { N: String(revision + 1) },
    ...(skipped.length === 0 ? {} : { skipped: { S: JSON.stringify(skipped) } }),
    ...(parked === undefined
      ? {}
      : {
          state: { S: parked.state },
          row: { S: JSON.stringify(parked) },
          group: { S: parkedGroup(projection) },
          sort: { S: parked.parkedAt },
        }),
  };
}

/** Encodes a skipped commit. */
export function toSkippedItem(projection: string, skipped: SkippedCommit): Record<string, AttributeValue> {
  return {
    ...entryKey(projection, skipped.stream, skippedName(skipped.version)),
    row: { S: JSON.stringify(skipped) },
    group: { S: skippedGroup(projection) },
    sort: { S: skipped.at },
  };
}

/** Decodes a standing. */
export function fromStandingItem(item: Item | undefined): Standing {
  if (item === undefined) return unblemished;
  const skipped: readonly SkippedVersions[] = item.skipped?.S === undefined ? [] : JSON.parse(item.skipped.S);
  return { revision: Number(item.rev?.N), parked: item.row === undefined ? undefined : entryOf(item), skipped };
}

/** Decodes what an item of the index holds. */
export function entryOf<TEntry extends ParkedStream | SkippedCommit>(item: Item): TEntry {
  return JSON.parse(item.row?.S ?? '{}');
}

/** The failed attempts at a version. */
export function attemptsOf(item: Item, version: number): Attempts {
  return { count: Number(item[`${COUNT}${version}`]?.N), since: item[`${SINCE}${version}`]?.S ?? '' };
}
