import { describe, expect, it } from 'vitest';
import { compileAnythingBut } from './anything-but.js';
import type { Leaf } from './leaf.js';

describe('anything-but', () => {
  it.each<[operand: unknown, leaf: Leaf, fits: boolean]>([
    ['initializing', 'running', true],
    ['initializing', 'initializing', false],
    ['initializing', 'Initializing', true],
    ['initializing', '', true],
    ['', '', false],
    ['5', 5, true],
    [5, '5', true],
    [123, 124, true],
    [123, 123, false],
    [300, 3.0e2, false],
    [0, 0, false],
    ['a', null, true],
    ['true', true, true],
    [['stopped', 'overloaded'], 'running', true],
    [['stopped', 'overloaded'], 'overloaded', false],
    [['stopped', 'overloaded'], 7, true],
    [[100, 200], 300, true],
    [[100, 200], 200, false],
    [[100, 200], null, true],
    [{ prefix: 'us-' }, 'eu-central-1', true],
    [{ prefix: 'us-' }, 'us-east-1', false],
    [{ prefix: 'us-' }, 42, true],
    [{ prefix: ['us-', 'eu-'] }, 'eu-central-1', false],
    [{ prefix: ['us-', 'eu-'] }, 'ap-south-1', true],
    [{ suffix: '.png' }, 'a.txt', true],
    [{ suffix: '.png' }, 'a.png', false],
    [{ suffix: ['.png', '.jpg'] }, 'a.jpg', false],
    [{ suffix: ['.png', '.jpg'] }, null, true],
    [{ 'equals-ignore-case': 'initializing' }, 'INITIALIZING', false],
    [{ 'equals-ignore-case': 'initializing' }, 'initialized', true],
    [{ 'equals-ignore-case': ['stopped', 'off'] }, 'OFF', false],
    [{ 'equals-ignore-case': '' }, '', false],
    [{ wildcard: '*/lib/*' }, 'usr/lib/a', false],
    [{ wildcard: '*/lib/*' }, 'usr/bin/a', true],
    [{ wildcard: ['*/lib/*', '*/bin/*'] }, 'usr/bin/a', false],
    [{ wildcard: ['*/lib/*', '*/bin/*'] }, 'usr/src/a', true],
    [{ wildcard: '*' }, 9, true],
  ])('%j on %j: %s', (operand, leaf, fits) => {
    expect(compileAnythingBut(operand, 'state')(leaf)).toBe(fits);
  });

  it.each<[operand: unknown, place: string]>([
    [null, 'state'],
    [true, 'state'],
    [[], 'state'],
    [['a', 1], 'state'],
    [['a', null], 'state'],
    [[['a']], 'state'],
    [{}, 'state'],
    [{ prefix: 'a', suffix: 'b' }, 'state'],
    [{ numeric: ['=', 1] }, 'state'],
    [{ toString: 'a' }, 'state'],
    [{ prefix: '' }, 'state.prefix'],
    [{ suffix: ['a', ''] }, 'state.suffix'],
    [{ prefix: 27 }, 'state.prefix'],
    [{ prefix: [] }, 'state.prefix'],
    [{ prefix: { 'equals-ignore-case': 'a' } }, 'state.prefix'],
    [{ 'equals-ignore-case': [1] }, 'state.equals-ignore-case'],
    [{ wildcard: 'a**' }, 'state.wildcard'],
    [{ wildcard: ['a', 'b\\'] }, 'state.wildcard'],
  ])('refuses %j at %s', (operand, place) => {
    expect(() => compileAnythingBut(operand, 'state')).toThrow(
      expect.objectContaining({ code: 'INVALID_PATTERN', path: place }),
    );
  });
});
