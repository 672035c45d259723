import { describe, expect, test } from 'vitest';
import { judge, times } from './targets.js';

const result = (row: string, system: 'everfold' | 'raw' | 'castore', wallMs: number, cpuMs = wallMs) => ({
  row,
  system,
  endpoint: 'dynamodb-local' as const,
  wallMs,
  cpuMs,
  requests: 1,
  readUnits: 0,
  writeUnits: 1,
});

describe('a target', () => {
  test('is met up to its limit', () => {
    const verdicts = judge([result('append-1', 'everfold', 1.15), result('append-1', 'raw', 1)]);

    expect(verdicts).toEqual([
      { text: 'append-1: wall time beside raw', limit: 'at most 1.15×', measured: 1.15, isMet: true },
      { text: 'append-1: CPU time beside raw', limit: 'at most 1.30×', measured: 1.15, isMet: true },
    ]);
  });

  test('is not met beyond it', () => {
    const [wall, cpu] = judge([result('append-1', 'everfold', 1.2, 1.31), result('append-1', 'raw', 1)]);

    expect([wall?.isMet, cpu?.isMet]).toEqual([false, false]);
  });

  test('that asks for a multiple of Castore is met from it on', () => {
    const beside = (castore: number) =>
      judge([result('load-1000', 'everfold', 10), result('load-1000', 'castore', castore)]);

    expect(beside(30)).toMatchObject([{ limit: 'at least 3.00×', measured: 3, isMet: true }]);
    expect(beside(29)).toMatchObject([{ isMet: false }]);
  });

  test('has no verdict when a row was not measured, or on the stub only', () => {
    expect(judge([result('append-1', 'everfold', 1)])).toEqual([]);
    expect(judge([{ ...result('append-1', 'everfold', 1), endpoint: 'stub' }, result('append-1', 'raw', 1)])).toEqual(
      [],
    );
  });
});

test.each([
  [1.149, '1.15×'],
  [55.4, '55×'],
])('%d times is written %s', (value, expected) => {
  expect(times(value)).toBe(expected);
});
