import { InvalidArgumentError } from '@everfold/core';
import type { Listed, ListRequest } from './read-model-store.js';
import { compareText } from './row-set.js';

/** The longest keys of an index. Source: DynamoDB Developer Guide, "Quotas in Amazon DynamoDB". */
const LONGEST_SORT_BYTES = 1024;
/** 2,048, and room for the name of the projection. */
const LONGEST_GROUP_BYTES = 1024;

/**
 * Checks that a row can be listed there.
 *
 * @throws InvalidArgumentError when the group or the sort is not text of 1 to 1,024 bytes.
 */
export function checkListed(listed: Listed | undefined): Listed | undefined {
  if (listed === undefined) return undefined;
  checkText('group', listed.group, LONGEST_GROUP_BYTES);
  checkText('sort', listed.sort, LONGEST_SORT_BYTES);
  return listed;
}

/** Between which places a listing is read, both included. */
export type Bounds = Pick<ListRequest, 'from' | 'upTo'>;

/**
 * The bounds of a request.
 *
 * @throws InvalidArgumentError when one of them is no place, or they are the wrong way round.
 */
export function boundsOf({ from, upTo }: Bounds): Bounds {
  for (const [name, place] of Object.entries({ from, upTo })) {
    const bytes = typeof place === 'string' ? Buffer.byteLength(place) : 0;
    if (place === undefined || (bytes >= 1 && bytes <= LONGEST_SORT_BYTES)) continue;
    throw new InvalidArgumentError(
      `A listing cannot be read with "${name}" ${JSON.stringify(place)}; give text of 1 to ${LONGEST_SORT_BYTES} bytes.`,
    );
  }
  if (from !== undefined && upTo !== undefined && compareText(from, upTo) > 0) {
    throw new InvalidArgumentError(
      `A listing cannot be read from "${from}" up to "${upTo}"; give them the other way round.`,
    );
  }
  return { ...(from === undefined ? {} : { from }), ...(upTo === undefined ? {} : { upTo }) };
}

/** Whether a place is within bounds. */
export function isWithin(sort: string, { from, upTo }: Bounds): boolean {
  return (from === undefined || compareText(sort, from) >= 0) && (upTo === undefined || compareText(sort, upTo) <= 0);
}

function checkText(what: string, text: string, longest: number): void {
  const bytes = typeof text === 'string' ? Buffer.byteLength(text) : 0;
  if (bytes >= 1 && bytes <= longest) return;
  throw new InvalidArgumentError(
    `A row cannot be listed with the ${what} ${JSON.stringify(text)}; give text of 1 to ${longest} bytes.`,
  );
}
