import {
  type AttributeValue,
  ConditionalCheckFailedException,
  ProvisionedThroughputExceededException,
  RequestLimitExceeded,
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { type Commit, ConflictError, EverfoldError } from '@everfold/core';

/**
 * DynamoDB refuses the pace, after all retries of the SDK. When the response to an earlier one of them was lost, the
 * write may have happened: load again and decide again.
 */
export class ThrottledError extends EverfoldError<'THROTTLED'> {
  constructor(options?: ErrorOptions) {
    super(
      { name: 'ThrottledError', code: 'THROTTLED', retryable: true },
      'DynamoDB throttled the request after every retry of the SDK. Try again later, or raise the capacity of the table.',
      options,
    );
  }
}

/**
 * Whether a failed append had been written all the same. The SDK repeats a request whose response was lost; the
 * condition then fails against our own commit, which DynamoDB hands back.
 */
export function isOwnWrite(error: unknown, commits: readonly [Commit, ...Commit[]]): boolean {
  const found = itemsFound(error);
  return commits.every(({ id }, index) => found[index]?.commit?.S === id);
}

/** The items that DynamoDB found in the place of what was to be written, in the order of the writes. */
function itemsFound(error: unknown): readonly (Readonly<Record<string, AttributeValue>> | undefined)[] {
  if (error instanceof ConditionalCheckFailedException) return [error.Item];
  if (error instanceof TransactionCanceledException) return (error.CancellationReasons ?? []).map(({ Item }) => Item);
  return [];
}

/**
 * Whether a failed append may have been written all the same, and only reading tells. While a transaction of somebody
 * else holds the item, DynamoDB refuses a repeated request before it looks at the condition. A transaction needs no
 * such doubt: its token makes a repeated one succeed.
 */
export function mayBeWritten(error: unknown): boolean {
  return error instanceof TransactionConflictException && (error.$metadata.attempts ?? 1) > 1;
}

/** Translates what the SDK throws on a write into an error of Everfold, or hands it back as it is. */
export function translateWriteError(error: unknown, commits: readonly [Commit, ...Commit[]]): unknown {
  if (error instanceof TransactionCanceledException) return translateCancellation(error, commits);
  if (error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException) {
    return conflictOn(commits[0], error);
  }
  return translateThrottling(error);
}

/** Translates throttling; hands anything else back as it is. */
export function translateThrottling(error: unknown): unknown {
  const throttled =
    error instanceof ProvisionedThroughputExceededException ||
    error instanceof RequestLimitExceeded ||
    error instanceof ThrottlingException;
  return throttled ? new ThrottledError({ cause: error }) : error;
}

/** Throws what {@link translateThrottling} makes of an error: the `catch` of a read. */
export function throwTranslated(error: unknown): never {
  throw translateThrottling(error);
}

function translateCancellation(error: TransactionCanceledException, commits: readonly Commit[]): unknown {
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
  const conflicting = codes.findIndex((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict');
  if (conflicting >= 0) return conflictOn(commits[conflicting], error);
  const throttled = codes.some((code) => code === 'ThrottlingError' || code === 'ProvisionedThroughputExceeded');
  return throttled ? new ThrottledError({ cause: error }) : error;
}

function conflictOn(commit: Commit | undefined, cause: Error): unknown {
  return commit === undefined ? cause : new ConflictError(commit.stream, commit.version - 1, { cause });
}
