import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { ClaimKey, PreparedClaim } from '@everfold/core';
import type { Item } from './commit-item.js';

/** The attribute by which DynamoDB removes claims that are over: its time to live, in seconds since 1970. */
export const EXPIRES = 'expires';

/** Keys that begin so are no streams: a category begins with a letter. */
const CLAIM_PREFIX = '$claim-';

/** The key of a unique value's item. A claim's name has no colon, so no two values share one. */
export function claimItemKey({ name, value }: ClaimKey) {
  return { stream: { S: `${CLAIM_PREFIX}${name}:${value}` }, version: { N: '0' } };
}

/** The item of a unique value that is held. */
export function toClaimItem({ key, by, expires }: PreparedClaim, id: string) {
  const item: Record<string, AttributeValue> = { ...claimItemKey(key), by: { S: by }, commit: { S: id } };
  if (expires !== undefined) item[EXPIRES] = { N: String(expires) };
  return item;
}

/** Who holds the value of an item at a time, milliseconds since 1970: DynamoDB removes an item some time after it is over. */
export function holderIn(item: Item | undefined, now: number): string | undefined {
  const expires = item?.[EXPIRES]?.N;
  return expires !== undefined && Number(expires) * 1000 <= now ? undefined : item?.by?.S;
}

/** Whether an item of the event table is of a unique value, and no commit. */
export function isClaimItem({ stream }: Item): boolean {
  return stream?.S?.startsWith(CLAIM_PREFIX) ?? false;
}
