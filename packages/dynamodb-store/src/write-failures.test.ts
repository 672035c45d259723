import {
  type CancellationReason,
  ConditionalCheckFailedException,
  DynamoDBClient,
  DynamoDBServiceException,
  InternalServerError,
  ProvisionedThroughputExceededException,
  ReplicatedWriteConflictException,
  ResourceNotFoundException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import {
  type Commit,
  ConflictError,
  preparePart,
  startOf,
  systemClock,
  ThrottledError,
  type TransactionPart,
} from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { allParts } from './claim-writes.js';
import { toItem } from './commit-item.js';
import { RequestRefusedError } from './failures.js';
import { storeContext } from './store-context.js';
import { canWriteAgain, isHeldUp, isOwnWrite, translateWrite } from './write-failures.js';
import { toAppend, type Write } from './writes.js';

const anException = { message: 'refused', $metadata: {} };
const now = Date.parse('2026-01-02T03:04:05.006Z');

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

const clock = { ...systemClock, now: () => now };
const context = storeContext({ client: new DynamoDBClient({ region: 'local' }), tableName: 'events', clock });

/** What parts of a transaction write, one item each. */
function writesOf(...parts: readonly TransactionPart[]): Write[] {
  return parts.flatMap((part) => allParts.toWrites(preparePart(part, now, context), context, { id: 'id', now }));
}

function appending(commit: Commit): readonly Write[] {
  return toAppend(context, commit, undefined);
}

const order = commitOf('order-1', 'id-1');
const stock = commitOf('stock-1', 'id-2');
const theirs = commitOf('order-1', 'id-of-somebody-else');
const key = { name: 'email', value: 'ada@example.com' };
const claim = writesOf({ claim: key, by: 'customer-7' });
const check = writesOf({ unchanged: startOf('stock-1') });

function canceled(...reasons: CancellationReason[]): TransactionCanceledException {
  return new TransactionCanceledException({ ...anException, CancellationReasons: reasons });
}

function failedCheck(found?: Commit): ConditionalCheckFailedException {
  return new ConditionalCheckFailedException({ ...anException, ...(found ? { Item: toItem(found) } : {}) });
}

const one = appending(order);
const both = [...appending(order), ...appending(stock)];

const none = { Code: 'None' };
const heldUp = { Code: 'TransactionConflict' };
const checkFailed = (found: Commit): CancellationReason => ({ Code: 'ConditionalCheckFailed', Item: toItem(found) });

describe('isOwnWrite', () => {
  test.each([
    ['an append finds its own commit', failedCheck(order), one, true],
    ["an append finds somebody else's", failedCheck(theirs), one, false],
    ['an append finds no item', failedCheck(), one, false],
    ['a transaction finds all of its own', canceled(checkFailed(order), checkFailed(stock)), both, true],
    ['a transaction finds one of its own', canceled(checkFailed(order), none), both, false],
    ["a transaction finds one of somebody else's", canceled(checkFailed(theirs), checkFailed(stock)), both, false],
    ['a transaction gets too few reasons', canceled(checkFailed(order)), both, false],
    ['a transaction gets no reasons', new TransactionCanceledException(anException), both, false],
    ['something else failed', new Error('no network'), one, false],
    ['a transaction of claims only finds them', canceled(checkFailed(theirs)), claim, false],
    ['a transaction finds its commit, beside a claim', canceled(checkFailed(order), none), [...one, ...claim], true],
  ])('tells when %s', (_name, error, writes, own) => {
    expect(isOwnWrite(error, writes)).toBe(own);
  });
});

describe('isHeldUp', () => {
  test.each([
    ['a transaction of somebody else holds the item', new TransactionConflictException(anException), true],
    ['a transaction of somebody else holds one of the items', canceled(none, heldUp), true],
    ['another condition failed anyhow', canceled(checkFailed(theirs), heldUp), false],
    ['the condition failed', failedCheck(theirs), false],
    ['something else failed', new Error('no network'), false],
  ])('tells when %s', (_name, error, is) => {
    expect(isHeldUp(error)).toBe(is);
  });
});

describe('canWriteAgain', () => {
  const coded = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const gateway = new DynamoDBServiceException({
    ...anException,
    name: 'Unheard',
    $fault: 'server',
    $metadata: { httpStatusCode: 503 },
  });

  test.each([
    ['an item that is held up', canceled(none, heldUp), true],
    ['a throttled transaction', canceled(none, { Code: 'ThrottlingError' }), true],
    ['a throttled transaction that would conflict', canceled(checkFailed(theirs), { Code: 'ThrottlingError' }), false],
    ['a throttled table', new ProvisionedThroughputExceededException(anException), true],
    ['a fault of DynamoDB', new InternalServerError(anException), true],
    ['a fault by its status', gateway, true],
    ['a broken connection', coded, true],
    ['a transaction that is being repeated', new TransactionInProgressException(anException), true],
    ['a write in another region at the same time', new ReplicatedWriteConflictException(anException), true],
    ['a failed condition', failedCheck(theirs), false],
    ['a missing table', new ResourceNotFoundException(anException), false],
    ['a fault of the program', new TypeError('x is not a function'), false],
  ])('tells whether another attempt may succeed after %s', (_name, error, can) => {
    expect(canWriteAgain(error)).toBe(can);
  });
});

describe('translateWrite', () => {
  test.each([
    ['a failed condition', failedCheck(theirs), one, { stream: 'order-1', expected: 3, winner: theirs }],
    ['a failed condition, without the item', failedCheck(), one, { expected: 3, winner: undefined }],
    ['a transaction of somebody else', new TransactionConflictException(anException), one, { stream: 'order-1' }],
    [
      'a cancelled transaction, by the stream that moved on',
      canceled(none, checkFailed(stock)),
      both,
      { stream: 'stock-1', expected: 3, winner: stock },
    ],
    ['a transaction held up by another', canceled(none, heldUp), both, { stream: 'stock-1', winner: undefined }],
    ['a transaction that was throttled, too', canceled({ Code: 'ThrottlingError' }, checkFailed(stock)), both, {}],
    ['a transaction that was held up, too', canceled(heldUp, checkFailed(stock)), both, { stream: 'stock-1' }],
    ['a check that failed', canceled(none, checkFailed(stock)), [...one, ...check], { stream: 'stock-1', expected: 0 }],
  ])('makes a conflict of %s', (_name, error, writes, fields) => {
    const translated = translateWrite(error, writes);

    expect(translated).toBeInstanceOf(ConflictError);
    expect(translated).toMatchObject({ ...fields, cause: error });
  });

  test('makes a conflict of an item that is no commit', () => {
    const error = new ConditionalCheckFailedException({ ...anException, Item: { stream: { S: 'order-1' } } });

    expect(translateWrite(error, one)).toMatchObject({ code: 'CONFLICT', winner: undefined });
  });

  test.each([
    ['held', { by: { S: 'customer-1' } }, 'customer-1'],
    ['held for a while', { by: { S: 'customer-1' }, expires: { N: String(now / 1000 + 60) } }, 'customer-1'],
    ['held until a moment ago', { by: { S: 'customer-1' }, expires: { N: String(now / 1000 - 60) } }, undefined],
  ])('tells who holds a value that is %s', (_name, Item, holder) => {
    const error = canceled(none, { Code: 'ConditionalCheckFailed', Item });

    expect(translateWrite(error, [...one, ...claim])).toMatchObject({
      code: 'CLAIM_TAKEN',
      claim: 'email',
      value: 'ada@example.com',
      holder,
    });
  });

  test.each([
    ['a transaction throttled by its table', canceled(none, { Code: 'ThrottlingError' })],
    ['a transaction throttled by its capacity', canceled({ Code: 'ProvisionedThroughputExceeded' }, none)],
  ])('makes a throttling error of %s', (_name, error) => {
    expect(translateWrite(error, both)).toBeInstanceOf(ThrottledError);
  });

  test.each([
    ['ValidationError', 'Item size has exceeded the maximum allowed size. Nothing was written.'],
    ['ItemCollectionSizeLimitExceeded', 'Remove the local secondary indexes'],
    ['AccessDenied', 'Item size has exceeded the maximum allowed size.'],
  ])('names the reason of a transaction refused for %s', (Code, words) => {
    const error = canceled(none, { Code, Message: 'Item size has exceeded the maximum allowed size.' });

    const translated = translateWrite(error, both);

    expect(translated).toBeInstanceOf(RequestRefusedError);
    expect(translated).toMatchObject({ code: 'REQUEST_REFUSED', reason: Code, retryable: false, cause: error });
    expect(translated).toHaveProperty('message', expect.stringContaining(words));
  });

  test('hands back a cancellation without reasons', () => {
    const error = new TransactionCanceledException(anException);

    expect(translateWrite(error, both)).toBe(error);
  });
});
