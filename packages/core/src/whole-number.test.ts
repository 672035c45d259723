import { describe, expect, test } from 'vitest';
import { checkWholeNumber } from './whole-number.js';

const refusal = (message: string) => expect.objectContaining({ code: 'INVALID_ARGUMENT', message });

describe('checkWholeNumber', () => {
  test.each([1, 2, Number.MAX_SAFE_INTEGER])('lets %d pass from 1', (value) => {
    expect(() => checkWholeNumber('limit is wrong', value, 1)).not.toThrow();
  });

  test.each([
    0,
    -1,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.MAX_SAFE_INTEGER + 1,
    '2' as never,
    undefined as never,
  ])('refuses %s from 1', (value) => {
    expect(() => checkWholeNumber(`limit is ${value}`, value, 1)).toThrow(
      refusal(`limit is ${value}; give a whole number from 1.`),
    );
  });

  test.each([0, 10])('lets %d pass from 0 to 10', (value) => {
    expect(() => checkWholeNumber('limit is wrong', value, 0, 10)).not.toThrow();
  });

  test.each([-1, 11])('refuses %d from 0 to 10', (value) => {
    expect(() => checkWholeNumber(`limit is ${value}`, value, 0, 10)).toThrow(
      refusal(`limit is ${value}; give a whole number from 0 to 10.`),
    );
  });
});
