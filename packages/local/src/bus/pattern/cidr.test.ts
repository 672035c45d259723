import { describe, expect, it } from 'vitest';
import { compileCidr } from './cidr.js';
import type { Leaf } from './leaf.js';

describe('cidr', () => {
  it.each<[block: string, leaf: Leaf, fits: boolean]>([
    ['10.0.0.0/24', '10.0.0.0', true],
    ['10.0.0.0/24', '10.0.0.255', true],
    ['10.0.0.0/24', '10.0.1.0', false],
    ['10.0.0.7/24', '10.0.0.200', true],
    ['10.0.0.0/31', '10.0.0.1', true],
    ['10.0.0.0/31', '10.0.0.2', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:DB8::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '10.0.0.1', false],
    ['10.0.0.0/8', '10.0.0.300', false],
    ['10.0.0.0/8', 'example.com', false],
    ['10.0.0.0/8', '10.0.0.0/8', false],
    ['10.0.0.0/8', 10, false],
  ])('%s on %j: %s', (block, leaf, fits) => {
    expect(compileCidr(block, 'ip')(leaf)).toBe(fits);
  });

  it.each([
    ['10.0.0.1'],
    ['10.0.0.0/'],
    ['10.0.0.0/-1'],
    ['10.0.0.0/8/8'],
    ['10.0.0/8'],
    ['xx.11.xx/8'],
    ['10.0.0.0/abc'],
    ['10.0.0.1/32'],
    ['10.0.0.1/33'],
    ['2001:db8::1/128'],
    [['10.0.0.0/8']],
    [10],
  ])('refuses %j', (operand) => {
    expect(() => compileCidr(operand, 'ip.0.cidr')).toThrow(
      expect.objectContaining({ code: 'INVALID_PATTERN', path: 'ip.0.cidr', value: operand }),
    );
  });
});
