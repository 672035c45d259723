import { describe, expect, test } from 'vitest';
import { checkRange, checkScan } from './reading.js';

const refused = (text: string) =>
  expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(text) });

describe('checkRange', () => {
  test.each([
    {},
    { after: 0, upTo: 0, limit: 1 },
    { upTo: Number.POSITIVE_INFINITY, limit: Number.POSITIVE_INFINITY },
    { until: '2026-01-02T03:04:05.006Z', snapshots: { schema: '1', every: 1 } },
  ])('takes %o', (range) => {
    expect(() => checkRange('order-1', range)).not.toThrow();
  });

  test.each([
    [{ after: -1 }, 'after is -1 in reading "order-1"; give a whole number from 0.'],
    [{ after: Number.POSITIVE_INFINITY }, 'after is Infinity'],
    [{ upTo: 1.5 }, 'upTo is 1.5'],
    [{ limit: 0 }, 'limit is 0 in reading "order-1"; give a whole number from 1.'],
    [{ snapshots: { schema: '1', every: 0 } }, 'snapshots.every is 0'],
    [{ until: '2026-01-02' }, 'until is "2026-01-02"'],
  ])('refuses %o', (range, message) => {
    expect(() => checkRange('order-1', range)).toThrow(refused(message));
  });

  test('refuses a stream without a name', () => {
    expect(() => checkRange('', {})).toThrow(refused('has no name'));
  });
});

describe('checkScan', () => {
  test.each([{}, { segments: 1 }, { segments: 1_000_000, unitsPerSecond: 0.5 }])('takes %o', (options) => {
    expect(() => checkScan(options)).not.toThrow();
  });

  test.each([
    [{ segments: 0 }, 'segments is 0; give a whole number from 1 to 1000000.'],
    [{ segments: 1_000_001 }, 'segments is 1000001'],
    [{ segments: 2.5 }, 'segments is 2.5'],
    [{ unitsPerSecond: 0 }, 'unitsPerSecond is 0; give a number above 0.'],
    [{ unitsPerSecond: Number.NaN }, 'unitsPerSecond is NaN'],
  ])('refuses %o', (options, message) => {
    expect(() => checkScan(options)).toThrow(refused(message));
  });
});
