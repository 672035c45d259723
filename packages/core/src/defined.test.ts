import { describe, expect, test } from 'vitest';
import { defined } from './defined.js';

describe('defined', () => {
  test('leaves out what is undefined, and nothing else', () => {
    const properties = { a: undefined, b: null, c: 0, d: '', e: false, f: Number.NaN, g: [undefined] };

    expect(defined(properties)).toStrictEqual({ b: null, c: 0, d: '', e: false, f: Number.NaN, g: [undefined] });
    expect(Object.keys(properties)).toHaveLength(7);
  });

  test('takes a key such as __proto__ for one like any other', () => {
    const made = defined(JSON.parse('{"__proto__":{"polluted":true}}'));

    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    expect(Object.hasOwn(made, '__proto__')).toBe(true);
  });
});
