import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Leaf } from './leaf.js';
import { compileNumeric, isSameNumber } from './numeric.js';

describe('numeric', () => {
  it.each<[operand: readonly unknown[], leaf: Leaf, fits: boolean]>([
    [['=', 5], 5, true],
    [['=', 5], 5.000001, false],
    [['=', 3.018e2], 301.8, true],
    [['=', 0], -0, true],
    [['<', 10], 9.999999, true],
    [['<', 10], 10, false],
    [['<=', 10], 10, true],
    [['<=', 10], 10.000001, false],
    [['>', 0], 0.000001, true],
    [['>', 0], 0, false],
    [['>=', 0], 0, true],
    [['>=', 0], -0.000001, false],
    [['>', 0, '<=', 5], 5, true],
    [['>', 0, '<=', 5], 0, false],
    [['>=', -5, '<', -1], -5, true],
    [['>=', -5, '<', -1], -1, false],
    [['=', 5e9], 5e9, true],
    [['>', 0], 5_000_000_000.000001, false],
    [['<', 0], -6e9, false],
    // Beyond the sixth digit EventBridge sees no difference.
    [['=', 1], 1.0000001, true],
    [['=', 0.3], 0.1 + 0.2, true],
    [['=', 5], '5', false],
    [['>=', 0], null, false],
    [['>=', 0], true, false],
  ])('%j on %j: %s', (operand, leaf, fits) => {
    expect(compileNumeric(operand, 'count')(leaf)).toBe(fits);
  });

  it.each<[operand: unknown, value: unknown]>([
    [10, 10],
    ['> 0', '> 0'],
    [[], []],
    [['='], ['=']],
    [
      ['>', 0, '<'],
      ['>', 0, '<'],
    ],
    [['!=', 5], '!='],
    [['==', 5], '=='],
    [['=', '5'], '5'],
    [['=', true], true],
    [['=', 5.1e9], 5.1e9],
    [['<', -5.1e9], -5.1e9],
    [
      ['>', 0, '>', 1],
      ['>', 0, '>', 1],
    ],
    [
      ['<', 10, '>', 0],
      ['<', 10, '>', 0],
    ],
    [
      ['>', 5, '<', 5],
      ['>', 5, '<', 5],
    ],
    [
      ['>=', 6, '<=', 5],
      ['>=', 6, '<=', 5],
    ],
    [
      ['>', 0, '<', 5, '<', 7],
      ['>', 0, '<', 5, '<', 7],
    ],
  ])('refuses %j because of %j', (operand, value) => {
    expect(() => compileNumeric(operand, 'count.0.numeric')).toThrow(
      expect.objectContaining({ code: 'INVALID_PATTERN', path: 'count.0.numeric', value }),
    );
  });

  it('has a range admit exactly what both of its bounds admit', () => {
    const bound = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(bound, bound, bound, (one, other, number) => {
        fc.pre(one !== other);
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const inRange = compileNumeric(['>', low, '<=', high], '')(number);
        expect(inRange).toBe(compileNumeric(['>', low], '')(number) && compileNumeric(['<=', high], '')(number));
      }),
    );
  });
});

describe('the same number', () => {
  it.each([
    [300, 3.0e2, true],
    [0.1, 0.1000001, true],
    [0.1, 0.100001, false],
    [123456789012, 123456789012, true],
    [123456789012, 123456789013, false],
    [5e9, 5.000000001e9, false],
    [1e308, 1.5e308, false],
  ])('%d and %d: %s', (left, right, same) => {
    expect(isSameNumber(left, right)).toBe(same);
  });
});
