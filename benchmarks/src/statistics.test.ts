import { describe, expect, test } from 'vitest';
import { median, ratio, rotated } from './statistics.js';

describe('the median', () => {
  test.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
    [[1_000, 2, 3, 1, 2], 2],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  test('leaves the values as they are', () => {
    const values = [3, 1, 2];

    median(values);

    expect(values).toEqual([3, 1, 2]);
  });

  test('of nothing does not exist', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('a ratio', () => {
  test('says how many times the base a value is', () => {
    expect(ratio(3, 2)).toBe(1.5);
  });

  test.each([
    [undefined, 2],
    [3, undefined],
    [3, 0],
  ])('of %j to %j does not exist', (value, base) => {
    expect(ratio(value, base)).toBeUndefined();
  });
});

describe('rotated values', () => {
  test.each([
    [0, ['a', 'b', 'c']],
    [1, ['b', 'c', 'a']],
    [5, ['c', 'a', 'b']],
  ])('by %d begin with another one', (by, expected) => {
    expect(rotated(['a', 'b', 'c'], by)).toEqual(expected);
  });

  test('of nothing are nothing', () => {
    expect(rotated([], 2)).toEqual([]);
  });
});
