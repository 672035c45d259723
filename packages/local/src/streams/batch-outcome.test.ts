import { describe, expect, it } from 'vitest';
import { readAnswer, readError } from './batch-outcome.js';

const records = ['7', '8', '9', '10'].map((SequenceNumber) => ({ dynamodb: { SequenceNumber } }));

const report = (...identifiers: readonly unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('readAnswer', () => {
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['an empty answer', {}],
    ['an empty list', { batchItemFailures: [] }],
    ['a null list', { batchItemFailures: null }],
    ['an answer meant for somebody else', { statusCode: 200 }],
    ['a text', 'ok'],
  ])('takes %s for a success', (_, answer) => {
    expect(readAnswer(answer, records)).toEqual({ kind: 'success' });
  });

  it('starts over at the record that is reported', () => {
    expect(readAnswer(report('8'), records)).toEqual({
      kind: 'failure',
      from: 1,
      reason: 'it reported record 8 as failed',
    });
  });

  it('starts over at the lowest of several, whatever their order and number of digits', () => {
    expect(readAnswer(report('10', '9'), records)).toMatchObject({ kind: 'failure', from: 2 });
  });

  it('takes a report of the first record for a failure of the whole batch', () => {
    expect(readAnswer(report('7', '9'), records)).toMatchObject({ kind: 'failure', from: 0 });
  });

  it.each([
    ['an empty identifier', report(''), '{"itemIdentifier":""}'],
    ['a null identifier', report(null), '{"itemIdentifier":null}'],
    ['an identifier of no record of the batch', report('9', '11'), '{"itemIdentifier":"11"}'],
    ['a wrong key', { batchItemFailures: [{ itemIdentifer: '9' }] }, '{"itemIdentifer":"9"}'],
    ['an item that is no object', { batchItemFailures: ['9'] }, '"9"'],
  ])('takes %s for a failure of the whole batch', (_, answer, shown) => {
    expect(readAnswer(answer, records)).toEqual({
      kind: 'failure',
      from: 0,
      reason: `a batch item failure names no record: ${shown}`,
    });
  });

  it('takes failures that are no list for a failure of the whole batch', () => {
    expect(readAnswer({ batchItemFailures: '9' }, records)).toEqual({
      kind: 'failure',
      from: 0,
      reason: '"batchItemFailures" is no list: "9"',
    });
  });
});

describe('readError', () => {
  it('takes an error for a failure of the whole batch', () => {
    expect(readError(new RangeError('no stock'))).toEqual({ kind: 'failure', from: 0, reason: 'RangeError: no stock' });
  });

  it('shows what was thrown when it is no error', () => {
    expect(readError('out of order')).toEqual({ kind: 'failure', from: 0, reason: 'out of order' });
  });
});
