import {
  type CancellationReason,
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { outcomeOf, translateCancellation, translateWriteError } from './failures.js';

function cancelledBy(...reasons: CancellationReason[]): TransactionCanceledException {
  return new TransactionCanceledException({ $metadata: {}, message: 'cancelled', CancellationReasons: reasons });
}

const write = { key: 'row', row: {}, revision: 0, applied: new Map(), listed: undefined };
const transaction = {
  advances: [
    { stream: 'order-1', from: 0, to: 1 },
    { stream: 'order-2', from: 0, to: 1 },
  ],
  writes: [write],
  increments: [{ key: 'total', amounts: { n: 1 } }],
};

describe('a cancelled transaction', () => {
  it('tells who was first, of what', () => {
    const error = cancelledBy(
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: { position: { N: '5' } } },
      { Code: 'ConditionalCheckFailed', Item: { rev: { N: '2' }, row: { S: '{"n":1}' } } },
      { Code: 'None' },
    );

    expect(translateCancellation(error, 'It')).toBeUndefined();
    expect(outcomeOf(error, transaction)).toEqual({
      done: false,
      positions: new Map([['order-2', 5]]),
      rows: new Map([['row', { row: { n: 1 }, revision: 2, applied: new Map() }]]),
    });
  });

  it('tells nothing when others were writing just then', () => {
    const error = cancelledBy({ Code: 'TransactionConflict' }, { Code: 'None' }, { Code: 'TransactionConflict' });

    expect(translateCancellation(error, 'It')).toBeUndefined();
    expect(outcomeOf(error, transaction)).toEqual({ done: false, positions: new Map(), rows: new Map() });
  });

  it.each(['ThrottlingError', 'ProvisionedThroughputExceeded'])('may succeed later after a %s', (Code) => {
    expect(translateCancellation(cancelledBy({ Code: 'None' }, { Code }), 'It')).toMatchObject({ code: 'THROTTLED' });
  });

  it('never succeeds when it is not valid', () => {
    const error = cancelledBy({ Code: 'TransactionConflict' }, { Code: 'ValidationError', Message: 'Item too large' });

    expect(translateCancellation(error, 'It')).toMatchObject({
      code: 'READ_MODEL_REFUSED',
      message: expect.stringContaining('It cannot be written: Item too large.'),
      cause: error,
    });
  });

  it('is handed on when it gives no reasons', () => {
    const error = cancelledBy();

    expect(translateCancellation(error, 'It')).toBe(error);
  });
});

describe('a failed write', () => {
  it('is translated when DynamoDB refuses the pace, and handed on when it is something else', () => {
    const slower = new ProvisionedThroughputExceededException({ $metadata: {}, message: 'slower' });
    const other = new Error('socket hang up');

    expect(translateWriteError(slower, 'It')).toMatchObject({ code: 'THROTTLED', cause: slower });
    expect(translateWriteError(other, 'It')).toBe(other);
  });
});
