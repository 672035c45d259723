import {
  type CancellationReason,
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { isThrottling, isWorthRepeating, RequestRefusedError, throttled, translate } from './failures.js';
import type { Write } from './writes.js';

const CONDITION = 'ConditionalCheckFailed';
const CONFLICT = 'TransactionConflict';

/**
 * Why a write failed, for each of its items: a PutItem has one, a transaction says it of all, in their order.
 * Source of the codes: API Reference, "TransactWriteItems", and the exception's own documentation.
 */
function reasonsOf(error: unknown): readonly CancellationReason[] {
  if (error instanceof ConditionalCheckFailedException) return [{ Code: CONDITION, Item: error.Item }];
  if (error instanceof TransactionConflictException) return [{ Code: CONFLICT }];
  return error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
}

/**
 * Whether a failed append had been written all the same. The SDK repeats a request whose response was lost; the
 * condition then fails against our own commit, which DynamoDB hands back.
 */
export function isOwnWrite(error: unknown, writes: readonly Write[]): boolean {
  const reasons = reasonsOf(error);
  const appends = writes.some(({ commit }) => commit);
  return appends && writes.every(({ commit }, index) => !commit || reasons[index]?.Item?.commit?.S === commit.id);
}

/** Whether a transaction of somebody else holds an item: DynamoDB has not looked at the condition yet. */
export function isHeldUp(error: unknown): boolean {
  return isCancelledFor(error, (code) => code === CONFLICT);
}

/** Whether the same write may succeed when it is sent again. */
export function canWriteAgain(error: unknown): boolean {
  return isHeldUp(error) || isCancelledFor(error, isThrottling) || isWorthRepeating(error);
}

/** Whether a write failed for such a reason, and for no failed condition. */
function isCancelledFor(error: unknown, is: (code: string) => boolean): boolean {
  const codes = reasonsOf(error).map(({ Code = '' }) => Code);
  return codes.some(is) && !codes.includes(CONDITION);
}

/** Translates what the SDK throws on a write into an error of Everfold, or hands it back as it is. */
export function translateWrite(error: unknown, writes: readonly Write[]): unknown {
  if (!(error instanceof Error)) return error;
  const reasons = reasonsOf(error);
  for (const code of [CONDITION, CONFLICT]) {
    const index = reasons.findIndex(({ Code }) => Code === code);
    if (index >= 0) return writes[index]?.refusal(reasons[index]?.Item, error) ?? error;
  }
  if (reasons.some(({ Code = '' }) => isThrottling(Code))) return throttled(error);
  const refused = reasons.find(({ Code = 'None' }) => Code !== 'None');
  if (refused === undefined) return translate(error);
  return new RequestRefusedError(refused.Code ?? '', refused.Message ?? error.message, { cause: error });
}
