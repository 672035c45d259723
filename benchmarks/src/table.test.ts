import { describe, expect, test } from 'vitest';
import { formatMilliseconds, formatNumber, formatTable } from './table.js';

describe('a table', () => {
  const columns = [
    { title: '', align: 'left' },
    { title: 'wall ms', align: 'right' },
  ] as const;

  test('aligns its cells under their titles, and leaves a heading as it is', () => {
    const lines = formatTable(columns, ['append-1', ['  everfold', '0.812'], ['  raw', '1,204.5']]);

    expect(lines).toEqual([
      '            wall ms', //
      'append-1',
      '  everfold    0.812',
      '  raw       1,204.5',
    ]);
  });

  test('is as wide as its widest cell', () => {
    expect(formatTable(columns, [['raw', '1,204,512.5']])).toEqual(['         wall ms', 'raw  1,204,512.5']);
  });

  test('has no blanks at the end of a line', () => {
    expect(formatTable(columns, [['raw', '']])).toEqual(['     wall ms', 'raw']);
  });
});

describe('a number', () => {
  test.each([
    [0.81249, '0.812'],
    [12.345, '12.35'],
    [204.06, '204.1'],
    [1_204.06, '1204.1'],
  ])('of %d milliseconds is %s', (value, expected) => {
    expect(formatMilliseconds(value)).toBe(expected);
  });

  test.each([
    [1, '1'],
    [5.268, '5.27'],
    [1_613, '1,613'],
  ])('of %d is %s', (value, expected) => {
    expect(formatNumber(value)).toBe(expected);
  });
});
