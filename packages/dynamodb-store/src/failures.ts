import { DynamoDBServiceException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { EverfoldError, ThrottledError, UnavailableError } from '@everfold/core';

/** DynamoDB refuses a request, and would refuse it again: the table, the permission or the request itself is wrong. */
export class RequestRefusedError extends EverfoldError<'REQUEST_REFUSED'> {
  /** DynamoDB's own word for it, such as `ResourceNotFoundException` or `ValidationError`. */
  readonly reason: string;

  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(
      'REQUEST_REFUSED',
      `DynamoDB refused the request (${reason}): ${message} ${remedies[wordOf(reason)] ?? 'Nothing was written.'}`,
      options,
    );
    this.reason = reason;
  }
}

/**
 * DynamoDB's word for a failure. The same words serve as exceptions, as errors and, some of them, as reasons for a
 * cancellation: with another ending each time.
 */
function wordOf(name: string): string {
  return name.replace(/(Exception|Error)$/, '');
}

const remedies: Readonly<Record<string, string>> = {
  ResourceNotFound: 'Create the table from `eventTable`, and check its name, region and account.',
  AccessDenied: 'Give the function the permission it names.',
  ItemCollectionSizeLimitExceeded: 'Nothing was written. Remove the local secondary indexes of the event table.',
};

/** What DynamoDB calls too fast. */
const throttling: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'Throttling',
]);

/** Whether DynamoDB's name of a failure, or of a reason for a cancellation, stands for too fast a pace. */
export function isThrottling(name: string): boolean {
  return throttling.has(wordOf(name));
}

/** What passes by itself, and leaves open whether the request was carried out. */
const passing: ReadonlySet<string> = new Set([
  'InternalServer',
  'InternalFailure',
  'ReplicatedWriteConflict',
  'RequestTimeout',
  'ServiceUnavailable',
  'Timeout',
  'TransactionInProgress',
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
  if (isThrottling(error.name)) return throttled(error);
  if (isPassing(error)) {
    const message = `DynamoDB did not answer, after every retry (${error.message || codeOf(error)}). Load again and decide again.`;
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
  if (passing.has(wordOf(error.name)) || passing.has(wordOf(codeOf(error)))) return true;
  return error instanceof DynamoDBServiceException && (error.$metadata.httpStatusCode ?? 0) >= 500;
}

/** Node's word for what became of a connection. */
function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}

/** Whether the same request may succeed when it is sent again. */
export function isWorthRepeating(error: unknown): boolean {
  const meaning = translate(error);
  return meaning instanceof ThrottledError || meaning instanceof UnavailableError;
}

/** Throws what {@link translate} makes of an error. */
export function throwTranslated(error: unknown): never {
  throw translate(error);
}
