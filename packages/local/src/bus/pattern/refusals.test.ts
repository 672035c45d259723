import type { EventPattern } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { compilePattern } from './compile-pattern.js';

/** What arrives as JSON need not have the type. */
function compile(json: unknown, at?: string) {
  return compilePattern(json as EventPattern, at);
}

describe('a pattern that EventBridge refuses', () => {
  it.each<[pattern: unknown, path: string, value: unknown]>([
    [{}, '', {}],
    [[{ source: ['a'] }], '', [{ source: ['a'] }]],
    ['source', '', 'source'],
    [null, '', null],
    [{ source: [] }, 'source', []],
    [{ source: 'order' }, 'source', 'order'],
    [{ count: 42 }, 'count', 42],
    [{ source: null }, 'source', null],
    [{ detail: {} }, 'detail', {}],
    [{ detail: { state: 'on' } }, 'detail.state', 'on'],
    [{ a: [['x']] }, 'a.0', ['x']],
    [{ a: ['x', [null]] }, 'a.1', [null]],
    [{ a: [{}] }, 'a.0', {}],
    [{ a: [{ prefix: 'x', suffix: 'y' }] }, 'a.0', { prefix: 'x', suffix: 'y' }],
    [{ a: [{ exists: false, prefix: 'y' }] }, 'a.0', { exists: false, prefix: 'y' }],
    [{ a: [{ regex: '.*' }] }, 'a.0', 'regex'],
    [{ a: [{ PREFIX: 'x' }] }, 'a.0', 'PREFIX'],
    [{ a: [{ constructor: 'x' }] }, 'a.0', 'constructor'],
    [{ a: [{ exists: 'yes' }] }, 'a.0', 'yes'],
    [{ a: [{ prefix: 1 }] }, 'a.0.prefix', 1],
    [{ a: { b: ['x', { numeric: ['=', 'y'] }] } }, 'a.b.1.numeric', 'y'],
    [{ a: [{ 'anything-but': { wildcard: '**' } }] }, 'a.0.anything-but.wildcard', '**'],
    [{ $or: [] }, '$or', []],
    [{ $or: [{ a: [1] }] }, '$or', [{ a: [1] }]],
    [{ $or: { a: [1], b: [1] } }, '$or', { a: [1], b: [1] }],
    [{ detail: { $or: [{ a: [1] }, [{ b: [1] }]] } }, 'detail.$or.1', [{ b: [1] }]],
    [{ detail: { $or: [{ a: [1] }, {}] } }, 'detail.$or.1', {}],
    [{ $or: [{ numeric: ['=', 1] }, { prefix: ['a'] }] }, '$or.0.numeric', 'numeric'],
    [{ a: ['x'], $or: [{ a: ['y'] }, { b: ['z'] }] }, '$or.0.a', ['y']],
    [{ a: { b: ['x'] }, 'a.b': ['y'] }, 'a.b', ['y']],
  ])('%j is refused at "%s"', (pattern, path, value) => {
    expect(() => compile(pattern)).toThrow(
      expect.objectContaining({ name: 'InvalidPatternError', code: 'INVALID_PATTERN', retryable: false, path, value }),
    );
  });

  it('is refused with its place, its value and what to write instead', () => {
    expect(() => compile({ detail: { amount: [{ numeric: ['>', '100'] }] } })).toThrow(
      'The event pattern is not valid at "detail.amount.0.numeric": "100" is not a number to compare with. ' +
        'Write a number from -5e9 to 5e9.',
    );
  });

  it('is refused with the place of the pattern itself, where that is known', () => {
    expect(() => compile({ source: [] }, 'rules.reserve')).toThrow(
      'not valid at "rules.reserve.source": [] is an empty',
    );
  });

  it('is refused when its choices multiply to more than a thousand', () => {
    const choice = (field: string, size: number) => ({
      [field]: { $or: Array.from({ length: size }, (_, index) => ({ [`f${index}`]: [1] })) },
    });

    expect(() => compile({ ...choice('a', 10), ...choice('b', 10), ...choice('c', 10) })).not.toThrow();
    expect(() => compile({ ...choice('a', 10), ...choice('b', 10), ...choice('c', 11) })).toThrow(
      expect.objectContaining({ code: 'INVALID_PATTERN', path: 'c.$or', value: 1100 }),
    );
  });

  it('is refused when it is longer than PutRule takes', () => {
    const ofLength = (length: number) => ({ a: ['x'.repeat(length - '{"a":[""]}'.length)] });

    expect(() => compile(ofLength(4096))).not.toThrow();
    expect(() => compile(ofLength(4097))).toThrow(expect.objectContaining({ code: 'INVALID_PATTERN', value: 4097 }));
  });
});
