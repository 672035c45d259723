import { describe, expect, test } from 'vitest';
import {
  CommitTooLargeError,
  ConflictError,
  EverfoldError,
  InvalidArgumentError,
  InvalidEventError,
  isEverfoldError,
  RejectedError,
  StreamCorruptedError,
  UnknownEventError,
  VersionMismatchError,
  VersionNotFoundError,
} from './errors.js';

const cause = new Error('the cause');

describe('every error', () => {
  test.each([
    [
      new ConflictError('order-1', 3, { cause }),
      { name: 'ConflictError', code: 'CONFLICT', retryable: true, stream: 'order-1', expected: 3, cause },
      ['order-1', 'version 3'],
    ],
    [
      new VersionMismatchError('order-1', 3, 5),
      {
        name: 'VersionMismatchError',
        code: 'VERSION_MISMATCH',
        retryable: false,
        stream: 'order-1',
        expected: 3,
        actual: 5,
      },
      ['order-1', 'at version 5', 'not at 3'],
    ],
    [
      new VersionNotFoundError('order-1', 7, 5),
      {
        name: 'VersionNotFoundError',
        code: 'VERSION_NOT_FOUND',
        retryable: false,
        stream: 'order-1',
        version: 7,
        last: 5,
      },
      ['order-1', 'no version 7', 'ends at 5'],
    ],
    [
      new InvalidEventError('Placed', [
        { path: 'a.0', reason: 'too small' },
        { path: '', reason: 'wrong' },
      ]),
      { name: 'InvalidEventError', code: 'INVALID_EVENT', retryable: false, type: 'Placed' },
      ['"Placed"', 'a.0: too small; wrong', 'Nothing was written'],
    ],
    [
      new UnknownEventError('order-1', 'Shipped'),
      { name: 'UnknownEventError', code: 'UNKNOWN_EVENT', retryable: false, stream: 'order-1', type: 'Shipped' },
      ['order-1', '"Shipped"'],
    ],
    [
      new StreamCorruptedError('order-1', 4, 'a reason', { cause }),
      {
        name: 'StreamCorruptedError',
        code: 'STREAM_CORRUPTED',
        retryable: false,
        stream: 'order-1',
        version: 4,
        cause,
      },
      ['order-1', 'version 4', 'a reason'],
    ],
    [
      new CommitTooLargeError('order-1', 'a reason', { cause }),
      { name: 'CommitTooLargeError', code: 'COMMIT_TOO_LARGE', retryable: false, stream: 'order-1', cause },
      ['order-1', 'a reason', 'Nothing was written'],
    ],
    [
      new InvalidArgumentError('What was wrong.'),
      { name: 'InvalidArgumentError', code: 'INVALID_ARGUMENT', retryable: false },
      ['What was wrong.'],
    ],
    [
      new RejectedError('SOLD_OUT', 'There is none left.'),
      { name: 'RejectedError', code: 'REJECTED', retryable: false, reason: 'SOLD_OUT' },
      ['There is none left.'],
    ],
  ])('carries its name, its code and its fields: %s', (error, fields, words) => {
    expect(error).toBeInstanceOf(EverfoldError);
    expect(error).toMatchObject(fields);
    for (const word of words) expect(error.message).toContain(word);
    expect(isEverfoldError(error, fields.code)).toBe(true);
  });
});

describe('isEverfoldError', () => {
  test('tells the codes apart', () => {
    const error = new ConflictError('order-1', 3);

    expect(isEverfoldError(error)).toBe(true);
    expect(isEverfoldError(error, 'CONFLICT')).toBe(true);
    expect(isEverfoldError(error, 'REJECTED')).toBe(false);
  });

  test('knows an error of another copy of the package by its code', () => {
    const twin = Object.assign(new Error('from another bundle'), { code: 'CONFLICT', retryable: true });

    expect(isEverfoldError(twin, 'CONFLICT')).toBe(true);
  });

  test.each([
    ['an error of Node', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })],
    ['an error of the AWS SDK', Object.assign(new Error('throttled'), { $retryable: { throttling: true } })],
    ['an object that only looks like one', { code: 'CONFLICT', retryable: true }],
    ['a string', 'CONFLICT'],
    ['null', null],
    ['undefined', undefined],
  ])('does not take %s for one', (_name, error) => {
    expect(isEverfoldError(error)).toBe(false);
  });
});
