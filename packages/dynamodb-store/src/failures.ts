import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  ClaimTakenError,
  type Commit,
  ConflictError,
  EverfoldError,
  type PreparedPart,
  ThrottledError,
  UnavailableError,
} from '@everfold/core';
import { holderIn } from './claim-item.js';
import { fromItem, type Item } from './commit-item.js';

/** DynamoDB refuses a request, and would refuse it again: the table, the permission or the request itself is wrong. */
export class RequestRefusedError extends EverfoldError<'REQUEST_REFUSED'> {
  /** DynamoDB's own word for it, such as `ResourceNotFoundException` or `ValidationError`. */
  readonly reason: string;

  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(
      'REQUEST_REFUSED',
      `DynamoDB refused the request (${reason}): ${message} ${remedies[reason] ?? 'Nothing was written.'}`,
      options,
    );
    this.reason = reason;
  }
}

const remedies: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'Create the table from `eventTable`, and check its name, region and account.',
  AccessDeniedException: 'Give the function the permission it names.',
  ItemCollectionSizeLimitExceeded: 'Nothing was written. Remove the local secondary indexes of the event table.',
  ItemCollectionSizeLimitExceededException:
    'Nothing was written. Remove the local secondary indexes of the event table.',
};

/** What DynamoDB calls too fast. The same words serve as exceptions and, some of them, as reasons for a cancellation. */
const throttling: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'ThrottlingError',
]);

/** What passes by itself, and leaves open whether the request was carried out. */
const passing: ReadonlySet<string> = new Set([
  'InternalServerError',
  'InternalFailure',
  'ReplicatedWriteConflictException',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
  'TimeoutError',
  'TransactionInProgressException',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** What a failed request means, whatever it was: typed errors for what DynamoDB says, anything else as it is. */
export function translate(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof EverfoldError) return error;
  if (throttling.has(error.name)) return throttled(error);
  if (isPassing(error)) {
    const word = error.message || ('code' in error ? String(error.code) : error.name);
    const message = `DynamoDB did not answer, after every retry (${word}). Load again and decide again.`;
    return new UnavailableError(message, { cause: error });
  }
  if (!(error instanceof DynamoDBServiceException) || error instanceof TransactionCanceledException) return error;
  return new RequestRefusedError(error.name, error.message, { cause: error });
}

/** The error of too fast a pace. */
export function throttled(cause?: unknown): ThrottledError {
  const message =
    'DynamoDB throttled the request, after every retry. Try again later, or raise the capacity of the table.';
  return new ThrottledError(message, { cause });
}

function isPassing(error: Error): boolean {
  if (passing.has(error.name)) return true;
  if ('code' in error && typeof error.code === 'string' && passing.has(error.code)) return true;
  return error instanceof DynamoDBServiceException && (error.$metadata.httpStatusCode ?? 0) >= 500;
}

/** Throws what {@link translate} makes of an error. */
export function throwTranslated(error: unknown): never {
  throw translate(error);
}

/**
 * Whether a failed append had been written all the same. The SDK repeats a request whose response was lost; the
 * condition then fails against our own commit, which DynamoDB hands back.
 */
export function isOwnWrite(error: unknown, parts: readonly PreparedPart[]): boolean {
  const found = itemsFound(error);
  const appends = parts.some(({ kind }) => kind === 'append');
  return appends && parts.every((part, index) => part.kind !== 'append' || found[index]?.commit?.S === part.commit.id);
}

/** The items that DynamoDB found in the place of what was to be written, in the order of the writes. */
function itemsFound(error: unknown): readonly (Item | undefined)[] {
  if (error instanceof ConditionalCheckFailedException) return [error.Item];
  if (error instanceof TransactionCanceledException) return (error.CancellationReasons ?? []).map(({ Item }) => Item);
  return [];
}

/** Whether a transaction of somebody else holds an item: DynamoDB has not looked at the condition yet. */
export function isHeldUp(error: unknown): boolean {
  return (
    error instanceof TransactionConflictException || isCancelledFor(error, (code) => code === 'TransactionConflict')
  );
}

/** Whether the same request may succeed when it is sent again. */
export function canHelp(error: unknown): boolean {
  if (isHeldUp(error) || isCancelledFor(error, (code) => throttling.has(code))) return true;
  const meaning = translate(error);
  return meaning instanceof ThrottledError || meaning instanceof UnavailableError;
}

/** Whether a transaction was cancelled for such a reason, and for no failed condition. */
function isCancelledFor(error: unknown, is: (code: string) => boolean): boolean {
  const codes = codesOf(error);
  return codes.some(is) && !codes.includes('ConditionalCheckFailed');
}

function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof TransactionCanceledException)) return [];
  return (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
}

/**
 * Translates what the SDK throws on a write into an error of Everfold, or hands it back as it is.
 *
 * @param parts - The part that each item of the request belongs to.
 * @param now - Milliseconds since 1970: whether a claim found is over.
 */
export function translateWrite(error: unknown, parts: readonly PreparedPart[], now: number): unknown {
  if (error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException) {
    return refusalOf(parts[0], itemsFound(error)[0], now, error);
  }
  if (error instanceof TransactionCanceledException) return translateCancellation(error, parts, now);
  return translate(error);
}

/** Source of the codes: API Reference, "TransactWriteItems", and the exception's own documentation. */
function translateCancellation(
  error: TransactionCanceledException,
  parts: readonly PreparedPart[],
  now: number,
): unknown {
  const reasons = error.CancellationReasons ?? [];
  for (const code of ['ConditionalCheckFailed', 'TransactionConflict']) {
    const index = reasons.findIndex(({ Code }) => Code === code);
    if (index >= 0) return refusalOf(parts[index], reasons[index]?.Item, now, error);
  }
  if (reasons.some(({ Code = '' }) => throttling.has(Code))) return throttled(error);
  const refused = reasons.find(({ Code = 'None' }) => Code !== 'None');
  if (refused === undefined) return error;
  return new RequestRefusedError(refused.Code ?? '', refused.Message ?? error.message, { cause: error });
}

function refusalOf(part: PreparedPart | undefined, found: Item | undefined, now: number, cause: Error): unknown {
  switch (part?.kind) {
    case undefined:
      return cause;
    case 'append':
      return conflict(part.commit.stream, part.commit.version - 1, found, cause);
    case 'check':
      return conflict(part.position.stream, part.position.version, found, cause);
    case 'claim':
    case 'release':
      return new ClaimTakenError(part.key, holderIn(found, now), { cause });
  }
}

function conflict(stream: string, expected: number, found: Item | undefined, cause: Error): ConflictError {
  return new ConflictError(stream, expected, { cause, winner: found && readable(found) });
}

/** The commit of an item, if it holds a whole one: an error about a conflict must not become one about the item. */
function readable(item: Item): Commit | undefined {
  try {
    return item.end === undefined ? fromItem(item) : undefined;
  } catch {
    return undefined;
  }
}
