import { ConflictError } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { toLogEntry } from './failure.js';

describe('the log entry of a failure', () => {
  it('says which stream is held back, where and why', () => {
    const error = new ConflictError('order-1', 3, { cause: new Error('condition failed') });

    const entry = toLogEntry({ stream: 'order-1', after: 3, sequenceNumber: '42', error });

    expect(entry).toMatchObject({
      level: 'ERROR',
      message: `Stream "order-1" after version 3 was not handled, and is delivered again: ${error.message}`,
      stream: 'order-1',
      after: 3,
      sequenceNumber: '42',
      error: { name: 'ConflictError', code: 'CONFLICT', cause: { message: 'condition failed' } },
    });
    expect(JSON.parse(JSON.stringify(entry))).toMatchObject({ error: { code: 'CONFLICT' } });
  });

  it('holds a thrown value that is no error', () => {
    const entry = toLogEntry({ stream: undefined, after: undefined, sequenceNumber: '42', error: 'out of luck' });

    expect(entry).toMatchObject({
      message: 'A record of the stream was not handled, and is delivered again: out of luck',
      error: 'out of luck',
    });
  });
});
