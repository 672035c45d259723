import type { EventPattern } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { compilePattern } from './compile-pattern.js';

type Case = [pattern: EventPattern, event: object, matches: boolean];

function decide(pattern: EventPattern, event: object): boolean {
  return compilePattern(pattern)(event);
}

describe('a plain value', () => {
  it.each<Case>([
    [{ state: ['running'] }, { state: 'running' }, true],
    [{ state: ['running'] }, { state: 'Running' }, false],
    [{ state: ['running'] }, { State: 'running' }, false],
    [{ state: ['initializing', 'running'] }, { state: 'running' }, true],
    [{ state: [''] }, { state: '' }, true],
    [{ state: [''] }, { state: null }, false],
    [{ count: [300] }, { count: 300.0 }, true],
    [{ count: [0.1] }, { count: 0.1000001 }, true],
    [{ count: [300] }, { count: '300' }, false],
    [{ count: ['300'] }, { count: 300 }, false],
    [{ flag: [true] }, { flag: true }, true],
    [{ flag: [true] }, { flag: 'true' }, false],
    [{ flag: [false] }, { flag: 0 }, false],
    [{ user: [null] }, { user: null }, true],
    [{ user: [null] }, {}, false],
    [{ user: [null] }, { user: 'null' }, false],
    [{ state: ['a', { prefix: 'b' }, { suffix: 'c' }] }, { state: 'xyzc' }, true],
  ])('%j on %j: %s', (pattern, event, matches) => {
    expect(decide(pattern, event)).toBe(matches);
  });
});

describe('several fields', () => {
  it.each<Case>([
    [{ source: ['order'], 'detail-type': ['Placed'] }, { source: 'order', 'detail-type': 'Placed', id: '1' }, true],
    [{ source: ['order'], 'detail-type': ['Placed'] }, { source: 'order', 'detail-type': 'Shipped' }, false],
    [{ source: ['order'], 'detail-type': ['Placed'] }, { source: 'order' }, false],
    [{ detail: { order: { total: [10] } } }, { detail: { order: { total: 10 } } }, true],
    [{ detail: { order: { total: [10] } } }, { detail: { total: 10 } }, false],
    [{ detail: { order: { total: [10] } } }, { detail: '{"order":{"total":10}}' }, false],
    [{ detail: { order: ['x'] } }, { detail: { order: { order: 'x' } } }, false],
    // A point in a name is the same as a level.
    [{ detail: { 'state.status': ['on'] } }, { detail: { state: { status: 'on' } } }, true],
    [{ detail: { state: { status: ['on'] } } }, { detail: { 'state.status': 'on' } }, true],
  ])('%j on %j: %s', (pattern, event, matches) => {
    expect(decide(pattern, event)).toBe(matches);
  });
});

describe('exists', () => {
  it.each<Case>([
    [{ a: [{ exists: true }] }, { a: 'x' }, true],
    [{ a: [{ exists: true }] }, { a: null }, true],
    [{ a: [{ exists: true }] }, { a: '' }, true],
    [{ a: [{ exists: true }] }, { b: 'x' }, false],
    [{ a: [{ exists: false }] }, { b: 'x' }, true],
    [{ a: [{ exists: false }] }, { a: null }, false],
    // Only leaves exist: an object, an empty list and a list of objects do not.
    [{ a: [{ exists: true }] }, { a: { b: 1 } }, false],
    [{ a: [{ exists: false }] }, { a: { b: 1 } }, true],
    [{ a: [{ exists: true }] }, { a: [] }, false],
    [{ a: [{ exists: false }] }, { a: [] }, true],
    [{ a: [{ exists: true }] }, { a: [{ b: 1 }] }, false],
    [{ a: [{ exists: true }] }, { a: [1] }, true],
    [{ a: { b: [{ exists: false }] } }, {}, true],
    [{ a: { b: [{ exists: false }] } }, { a: 'leaf' }, true],
    [{ a: { b: [{ exists: false }] } }, { a: { b: 0 } }, false],
    [{ a: [{ exists: false }, 'x'] }, { a: 'x' }, true],
    [{ a: [{ exists: false }, 'x'] }, {}, true],
    [{ a: [{ exists: false }, 'x'] }, { a: 'y' }, false],
    [{ a: [{ 'anything-but': 'x' }] }, {}, false],
  ])('%j on %j: %s', (pattern, event, matches) => {
    expect(decide(pattern, event)).toBe(matches);
  });
});

describe('an array in the event', () => {
  const people = {
    people: [{ first: 'John', last: 'Doe' }, { first: 'Anna', last: 'Smith', age: 30 }, { first: 'Eve' }],
  };

  it.each<Case>([
    [{ tags: ['b', 'c'] }, { tags: ['a', 'b'] }, true],
    [{ tags: ['c'] }, { tags: ['a', 'b'] }, false],
    [{ tags: [null] }, { tags: [] }, false],
    [{ tags: ['b'] }, { tags: [['a'], ['b']] }, true],
    // One element that is not excluded is enough.
    [{ tags: [{ 'anything-but': 'a' }] }, { tags: ['a', 'b'] }, true],
    [{ tags: [{ 'anything-but': 'a' }] }, { tags: ['a', 'a'] }, false],
    [{ people: { first: ['Anna'] } }, people, true],
    [{ people: { first: ['Anna'], last: ['Smith'] } }, people, true],
    [{ people: { first: ['Anna'], last: ['Doe'] } }, people, false],
    [{ people: { first: ['Anna'], last: [{ exists: false }] } }, people, false],
    [{ people: { first: ['Eve'], last: [{ exists: false }] } }, people, true],
    // Fields are settled in the order of their names: for "age", no person has been chosen yet.
    [{ people: { age: [{ exists: false }], first: ['John'] } }, people, false],
    [{ lines: { unit: { price: [5] }, tags: ['x'] } }, { lines: [{ unit: [{ price: 5 }], tags: ['x', 'y'] }] }, true],
    [{ lines: { unit: { price: [5] }, tags: ['x'] } }, { lines: [{ unit: { price: 5 } }, { tags: ['x'] }] }, false],
    // Different arrays bind nothing to each other.
    [{ a: { x: [1] }, b: { y: [2] } }, { a: [{ x: 0 }, { x: 1 }], b: [{ y: 2 }, { y: 3 }] }, true],
    [{ rows: { a: [1], b: [2] } }, { rows: [[{ a: 1 }], [{ b: 2 }]] }, false],
    [{ rows: { a: [1], b: [2] } }, { rows: [[{ a: 1, b: 2 }]] }, true],
  ])('%j on %j: %s', (pattern, event, matches) => {
    expect(decide(pattern, event)).toBe(matches);
  });

  it('is decided quickly, however many elements have to be tried', () => {
    const elements = Array.from({ length: 2000 }, (_, index) => ({ a: 1, b: index }));

    expect(decide({ left: { a: [1] }, right: { a: [1] }, z: ['no'] }, { left: elements, right: elements })).toBe(false);
  });
});

describe('$or', () => {
  const load: EventPattern = {
    source: ['cloudwatch'],
    $or: [{ metric: ['cpu'] }, { type: ['custom'], space: ['a', 'b'] }, { scope: [{ prefix: 'service' }] }],
  };

  it.each<Case>([
    [load, { source: 'cloudwatch', metric: 'cpu' }, true],
    [load, { source: 'cloudwatch', type: 'custom', space: 'b' }, true],
    [load, { source: 'cloudwatch', type: 'custom', space: 'c' }, false],
    [load, { source: 'cloudwatch', scope: 'service-1' }, true],
    [load, { source: 'other', metric: 'cpu' }, false],
    [load, { source: 'cloudwatch' }, false],
    [{ detail: { $or: [{ a: [1] }, { b: [{ numeric: ['<', 10] }] }] } }, { detail: { a: 2, b: 9 } }, true],
    [{ detail: { $or: [{ a: [1] }, { b: [1] }] } }, { a: 1 }, false],
    [{ $or: [{ a: [1] }, { b: [1], $or: [{ c: [1] }, { d: [1] }] }] }, { b: 1, d: 1 }, true],
    [{ $or: [{ a: [1] }, { b: [1], $or: [{ c: [1] }, { d: [1] }] }] }, { b: 1 }, false],
    [{ $or: [{ a: [1] }, { b: [1] }], x: { $or: [{ c: [1] }, { d: [1] }] } }, { b: 1, x: { c: 1 } }, true],
    [{ $or: [{ a: [1] }, { b: [1] }], x: { $or: [{ c: [1] }, { d: [1] }] } }, { b: 1, x: { e: 1 } }, false],
  ])('%j on %j: %s', (pattern, event, matches) => {
    expect(decide(pattern, event)).toBe(matches);
  });
});
