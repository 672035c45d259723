import type { EventPattern } from '@everfold/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from './compile-pattern.js';

const name = fc.constantFrom('a', 'b', 'c', 'detail');
const leaf = fc.oneof(
  fc.string(),
  fc.integer({ min: -5_000_000_000, max: 5_000_000_000 }),
  fc.boolean(),
  fc.constant(null),
);

type Tree = { readonly [field: string]: Tree | string | number | boolean | null };

/** Events without arrays. */
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.dictionary(name, fc.oneof({ depthSize: 'small' }, leaf, tie('tree')), { minKeys: 1, maxKeys: 3 }),
}));

function exactPattern(event: Tree): EventPattern {
  const fields = Object.entries(event).map(([field, value]): [string, EventPattern[string]] => [
    field,
    typeof value === 'object' && value !== null ? exactPattern(value) : [value],
  ]);
  return Object.fromEntries(fields);
}

function short(pattern: EventPattern): boolean {
  return JSON.stringify(pattern).length <= 4096;
}

describe('compilePattern', () => {
  it('matches every event with the exact pattern made of it', () => {
    fc.assert(
      fc.property(tree, (event) => {
        const pattern = exactPattern(event);
        fc.pre(short(pattern));
        expect(compilePattern(pattern)(event)).toBe(true);
      }),
    );
  });

  it('does not mind what else an event has', () => {
    fc.assert(
      fc.property(tree, leaf, (event, other) => {
        const pattern = exactPattern(event);
        fc.pre(short(pattern));
        expect(compilePattern(pattern)({ ...event, other, more: [other, { other }] })).toBe(true);
      }),
    );
  });

  it('has anything-but be the opposite of the plain value on a field that is there', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 2 });
    fc.assert(
      fc.property(text, fc.oneof(text, leaf), (excluded, value) => {
        const isValue = compilePattern({ a: [excluded] })({ a: value });
        expect(compilePattern({ a: [{ 'anything-but': excluded }] })({ a: value })).toBe(!isValue);
      }),
    );
  });

  it('has exists: true be the opposite of exists: false', () => {
    fc.assert(
      fc.property(tree, (event) => {
        const isThere = compilePattern({ a: { b: [{ exists: true }] } })(event);
        expect(compilePattern({ a: { b: [{ exists: false }] } })(event)).toBe(!isThere);
      }),
    );
  });

  it('matches a $or when it matches any of its branches', () => {
    fc.assert(
      fc.property(leaf, leaf, tree, (one, other, event) => {
        const [left, right]: [EventPattern, EventPattern] = [{ a: [one] }, { b: [other, { exists: false }] }];
        const either = compilePattern(left)(event) || compilePattern(right)(event);
        expect(compilePattern({ $or: [left, right] })(event)).toBe(either);
      }),
    );
  });

  it('matches a list of values when it matches any of them', () => {
    fc.assert(
      fc.property(
        fc.array(leaf, { minLength: 1, maxLength: 4 }),
        fc.array(leaf, { maxLength: 4 }),
        (wanted, present) => {
          const any = wanted.some((value) => compilePattern({ a: [value] })({ a: present }));
          expect(compilePattern({ a: wanted })({ a: present })).toBe(any);
        },
      ),
    );
  });
});
