import {
  type CancellationReason,
  ConditionalCheckFailedException,
  InternalServerError,
  ProvisionedThroughputExceededException,
  RequestLimitExceeded,
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { type Commit, ConflictError } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { toItem } from './commit-item.js';
import {
  isOwnWrite,
  mayBeWritten,
  ThrottledError,
  throwTranslated,
  translateThrottling,
  translateWriteError,
} from './failures.js';

const anException = { message: 'refused', $metadata: {} };

function commitOf(stream: string, id: string): Commit {
  return {
    stream,
    version: 4,
    last: 4,
    id,
    at: '2026-01-02T03:04:05.006Z',
    events: [{ type: 'Counted', data: 1 }],
    metadata: { correlationId: 'c', causationId: 'k' },
  };
}

const order = commitOf('order-1', 'id-1');
const stock = commitOf('stock-1', 'id-2');
const theirs = commitOf('order-1', 'id-of-somebody-else');

function canceled(...reasons: CancellationReason[]): TransactionCanceledException {
  return new TransactionCanceledException({ ...anException, CancellationReasons: reasons });
}

function failedCheck(found?: Commit): ConditionalCheckFailedException {
  return new ConditionalCheckFailedException({ ...anException, ...(found ? { Item: toItem(found) } : {}) });
}

const one = [order] as const;
const both = [order, stock] as const;

const checkFailed = (found: Commit): CancellationReason => ({ Code: 'ConditionalCheckFailed', Item: toItem(found) });

describe('isOwnWrite', () => {
  test.each([
    ['an append finds its own commit', failedCheck(order), one, true],
    ["an append finds somebody else's", failedCheck(theirs), one, false],
    ['an append finds no item', failedCheck(), one, false],
    ['a transaction finds all of its own', canceled(checkFailed(order), checkFailed(stock)), both, true],
    ['a transaction finds one of its own', canceled(checkFailed(order), { Code: 'None' }), both, false],
    ["a transaction finds one of somebody else's", canceled(checkFailed(theirs), checkFailed(stock)), both, false],
    ['a transaction gets too few reasons', canceled(checkFailed(order)), both, false],
    ['a transaction gets no reasons', new TransactionCanceledException(anException), both, false],
    ['something else failed', new Error('no network'), one, false],
  ])('tells when %s', (_name, error, commits, own) => {
    expect(isOwnWrite(error, commits)).toBe(own);
  });
});

describe('mayBeWritten', () => {
  const conflictAfter = (attempts: number) =>
    new TransactionConflictException({ ...anException, $metadata: { attempts } });

  test.each([
    ['a transaction of somebody else refuses a repeated request', conflictAfter(2), true],
    ['a transaction of somebody else refuses the first request', conflictAfter(1), false],
    ['nobody counted the requests', new TransactionConflictException(anException), false],
    ['the condition failed', failedCheck(theirs), false],
    ['something else failed', new Error('no network'), false],
  ])('tells when %s', (_name, error, maybe) => {
    expect(mayBeWritten(error)).toBe(maybe);
  });
});

describe('translateWriteError', () => {
  test.each([
    ['a failed condition', failedCheck(theirs), one, { stream: 'order-1', expected: 3 }],
    [
      'a transaction of somebody else',
      new TransactionConflictException(anException),
      one,
      { stream: 'order-1', expected: 3 },
    ],
    [
      'a cancelled transaction, by the stream that moved on',
      canceled({ Code: 'None' }, checkFailed(stock)),
      both,
      { stream: 'stock-1', expected: 3 },
    ],
    [
      'a transaction cancelled by another transaction',
      canceled({ Code: 'None' }, { Code: 'TransactionConflict' }),
      both,
      { stream: 'stock-1', expected: 3 },
    ],
    [
      'a transaction that was throttled, too',
      canceled({ Code: 'ThrottlingError' }, checkFailed(stock)),
      both,
      { stream: 'stock-1', expected: 3 },
    ],
  ])('makes a conflict of %s', (_name, error, commits, fields) => {
    const translated = translateWriteError(error, commits);

    expect(translated).toBeInstanceOf(ConflictError);
    expect(translated).toMatchObject({ ...fields, cause: error });
  });

  test.each([
    ['a throttled table', new ProvisionedThroughputExceededException(anException)],
    ['a throttled account', new RequestLimitExceeded(anException)],
    ['a throttled request', new ThrottlingException(anException)],
    ['a transaction throttled by its table', canceled({ Code: 'None' }, { Code: 'ThrottlingError' })],
    ['a transaction throttled by its capacity', canceled({ Code: 'ProvisionedThroughputExceeded' }, { Code: 'None' })],
  ])('makes a throttling error of %s', (_name, error) => {
    const translated = translateWriteError(error, both);

    expect(translated).toBeInstanceOf(ThrottledError);
    expect(translated).toMatchObject({ name: 'ThrottledError', code: 'THROTTLED', retryable: true, cause: error });
  });

  test.each([
    ['a transaction that is not valid', canceled({ Code: 'ValidationError' }, { Code: 'None' })],
    [
      'a transaction of too large a collection',
      canceled({ Code: 'ItemCollectionSizeLimitExceeded' }, { Code: 'None' }),
    ],
    ['a transaction that names no reasons', new TransactionCanceledException(anException)],
    ['a fault of DynamoDB', new InternalServerError(anException)],
    ['a broken network', new Error('socket hang up')],
  ])('hands back %s as it is', (_name, error) => {
    expect(translateWriteError(error, both)).toBe(error);
  });
});

describe('translateThrottling', () => {
  test('hands back everything else as it is', () => {
    const error = new Error('socket hang up');

    expect(translateThrottling(error)).toBe(error);
    expect(() => throwTranslated(error)).toThrow(error);
    expect(() => throwTranslated(new ThrottlingException(anException))).toThrow(ThrottledError);
  });
});
