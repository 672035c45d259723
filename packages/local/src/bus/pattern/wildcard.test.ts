import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Leaf } from './leaf.js';
import { compileWildcard } from './wildcard.js';

describe('wildcard', () => {
  it.each<[wildcard: string, leaf: Leaf, fits: boolean]>([
    ['dir/*.png', 'dir/a.png', true],
    ['dir/*.png', 'dir/.png', true],
    ['dir/*.png', 'dir/sub/a.png', true],
    ['dir/*.png', 'dir/a.jpg', false],
    ['dir/*.png', 'other/a.png', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['*', 7, false],
    ['*', null, false],
    ['', '', true],
    ['', 'a', false],
    ['plain', 'plain', true],
    ['plain', 'plainer', false],
    ['*/bin/*.jar', 'usr/bin/app.jar', true],
    ['*/bin/*.jar', 'usr/lib/app.jar', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*a', 'aba', true],
    ['a*b*a', 'aa', false],
    ['a*ab*b', 'ab', false],
    ['a*ab*b', 'aabb', true],
    ['*ab*ab*', 'abab', true],
    ['*ab*ab*', 'aab', false],
    ['2\\*3', '2*3', true],
    ['2\\*3', '2x3', false],
    ['a\\\\b', 'a\\b', true],
    ['a\\\\*', 'a\\anything', true],
    ['\\*\\**', '**b', true],
    ['*\\*', 'two*', true],
    ['A*', 'abc', false],
  ])('"%s" on %j: %s', (wildcard, leaf, fits) => {
    expect(compileWildcard(wildcard, 'path')(leaf)).toBe(fits);
  });

  it.each([['a**b'], ['**'], ['\\**\\***'], ['a\\b'], ['ends\\'], [5], [['a*']], [null]])('refuses %j', (operand) => {
    expect(() => compileWildcard(operand, 'path.0.wildcard')).toThrow(
      expect.objectContaining({ code: 'INVALID_PATTERN', path: 'path.0.wildcard', value: operand }),
    );
  });

  it('fits exactly what the same pattern fits as a regular expression', () => {
    const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b') }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(pieces, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 }), (literals, text) => {
        const wildcard = literals.join('*').replace(/\*+/g, '*');
        const expected = new RegExp(`^${wildcard.replaceAll('*', '.*')}$`).test(text);
        expect(compileWildcard(wildcard, '')(text)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });
});
