import {
  IdempotentParameterMismatchException,
  InternalServerError,
  ProvisionedThroughputExceededException,
  RequestLimitExceeded,
  ResourceNotFoundException,
  ThrottlingException,
} from '@aws-sdk/client-dynamodb';
import { ThrottledError, UnavailableError } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { isWorthRepeating, RequestRefusedError, throwTranslated, translate } from './failures.js';

const anException = { message: 'refused', $metadata: {} };

describe('translate', () => {
  test.each([
    ['a throttled table', new ProvisionedThroughputExceededException(anException)],
    ['a throttled account', new RequestLimitExceeded(anException)],
    ['a throttled request', new ThrottlingException(anException)],
  ])('makes a throttling error of %s', (_name, error) => {
    expect(translate(error)).toBeInstanceOf(ThrottledError);
    expect(translate(error)).toMatchObject({ code: 'THROTTLED', retryable: true, cause: error });
  });

  test('says that DynamoDB did not answer, and why', () => {
    const error = Object.assign(new AggregateError([], 'two addresses'), { message: '', code: 'ECONNREFUSED' });

    expect(translate(error)).toBeInstanceOf(UnavailableError);
    expect(translate(error)).toMatchObject({
      message: 'DynamoDB did not answer, after every retry (ECONNREFUSED). Load again and decide again.',
      retryable: true,
      cause: error,
    });
  });

  test('says what to do about a missing table', () => {
    const error = new ResourceNotFoundException({ message: 'Requested resource not found.', $metadata: {} });

    expect(translate(error)).toMatchObject({
      code: 'REQUEST_REFUSED',
      message:
        'DynamoDB refused the request (ResourceNotFoundException): Requested resource not found. Create the table from `eventTable`, and check its name, region and account.',
    });
    expect(translate(new IdempotentParameterMismatchException(anException))).toBeInstanceOf(RequestRefusedError);
  });

  test('hands back everything else as it is', () => {
    const error = new Error('Could not load credentials');

    expect(translate(error)).toBe(error);
    expect(() => throwTranslated(error)).toThrow(error);
    expect(() => throwTranslated(new ThrottlingException(anException))).toThrow(ThrottledError);
  });
});

describe('isWorthRepeating', () => {
  test.each([
    ['a throttled table', new ProvisionedThroughputExceededException(anException), true],
    ['a fault of DynamoDB', new InternalServerError(anException), true],
    [
      'a request that a handler gave up, by its code',
      Object.assign(new Error('no answer'), { code: 'TimeoutError' }),
      true,
    ],
    ['a missing table', new ResourceNotFoundException(anException), false],
    ['a fault of the program', new TypeError('x is not a function'), false],
  ])('tells whether another attempt may succeed after %s', (_name, error, can) => {
    expect(isWorthRepeating(error)).toBe(can);
  });
});
