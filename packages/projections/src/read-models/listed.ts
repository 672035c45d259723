import { InvalidArgumentError } from '@everfold/core';
import type { Listed } from './read-model-store.js';

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

function checkText(what: string, text: string, longest: number): void {
  const bytes = typeof text === 'string' ? Buffer.byteLength(text) : 0;
  if (bytes >= 1 && bytes <= longest) return;
  throw new InvalidArgumentError(
    `A row cannot be listed with the ${what} ${JSON.stringify(text)}; give text of 1 to ${longest} bytes.`,
  );
}
