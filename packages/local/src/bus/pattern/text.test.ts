import { describe, expect, it } from 'vitest';
import type { Leaf } from './leaf.js';
import { beginsWith, compileAffix, compileEqualsIgnoreCase, endsWith } from './text.js';

describe('prefix', () => {
  it.each<[operand: unknown, leaf: Leaf, fits: boolean]>([
    ['2017-10', '2017-10-02T18:43:48Z', true],
    ['2017-10', '2017-11-02T18:43:48Z', false],
    ['2017-10', '2017-1', false],
    ['EC2', 'ec2.instance', false],
    ['', 'anything', true],
    ['', '', true],
    ['1', 123, false],
    ['t', true, false],
    ['n', null, false],
    [{ 'equals-ignore-case': 'EventB' }, 'eventbridge', true],
    [{ 'equals-ignore-case': 'eventb' }, 'EVENTBRIDGE', true],
    [{ 'equals-ignore-case': 'ÄRGER' }, 'ärgernis', true],
    [{ 'equals-ignore-case': 'eventb' }, 'an eventbridge', false],
    [{ 'equals-ignore-case': '1' }, 1, false],
  ])('%j on %j: %s', (operand, leaf, fits) => {
    expect(compileAffix(beginsWith, operand, 'time.0.prefix')(leaf)).toBe(fits);
  });

  it.each([
    [3],
    [null],
    [['a']],
    [{}],
    [{ 'equals-ignore-case': 5 }],
    [{ 'equals-ignore-case': ['a'] }],
    [{ 'equals-ignore-case': 'a', wildcard: 'b' }],
    [{ wildcard: 'a*' }],
  ])('refuses %j', (operand) => {
    expect(() => compileAffix(beginsWith, operand, 'time.0.prefix')).toThrow(
      expect.objectContaining({ code: 'INVALID_PATTERN', path: 'time.0.prefix', value: operand }),
    );
  });
});

describe('suffix', () => {
  it.each<[operand: unknown, leaf: Leaf, fits: boolean]>([
    ['.png', 'a/photo.png', true],
    ['.png', 'a/photo.PNG', false],
    ['.png', 'a/photo.png.txt', false],
    ['.png', 'png', false],
    ['', 'anything', true],
    ['3', 123, false],
    [{ 'equals-ignore-case': 'tBridge' }, 'EventBRIDGE', true],
    [{ 'equals-ignore-case': 'tBridge' }, 'EventBridges', false],
  ])('%j on %j: %s', (operand, leaf, fits) => {
    expect(compileAffix(endsWith, operand, 'key.0.suffix')(leaf)).toBe(fits);
  });
});

describe('equals-ignore-case', () => {
  it.each<[operand: unknown, leaf: Leaf, fits: boolean]>([
    ['alice', 'Alice', true],
    ['ALICE', 'alice', true],
    ['alice', 'alice ', false],
    ['', '', true],
    ['', 'a', false],
    ['größe', 'GRÖßE', true],
    ['true', true, false],
  ])('%j on %j: %s', (operand, leaf, fits) => {
    expect(compileEqualsIgnoreCase(operand, 'name.0')(leaf)).toBe(fits);
  });

  it.each([[5], [['alice']], [{ prefix: 'a' }], [null]])('refuses %j', (operand) => {
    expect(() => compileEqualsIgnoreCase(operand, 'name.0')).toThrow(
      expect.objectContaining({ code: 'INVALID_PATTERN', path: 'name.0', value: operand }),
    );
  });
});
