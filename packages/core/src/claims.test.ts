import { describe, expect, test } from 'vitest';
import { checkClaimKey } from './claims.js';

describe('a value to be claimed', () => {
  test.each([
    ['email', 'ada@example.org'],
    ['a.b_C9', '-:"\u0000'],
    ['x'.repeat(128), '\u6771'.repeat(512)],
  ])('may be %s %s', (name, value) => {
    expect(() => checkClaimKey({ name, value })).not.toThrow();
  });

  test.each([
    ['', 'x'],
    ['e-mail', 'x'],
    ['a:b', 'x'],
    ['9a', 'x'],
    ['$a', 'x'],
    ['x'.repeat(129), 'x'],
    ['email', ''],
    ['email', 'x'.repeat(513)],
    ['email', '\ud800'],
  ])('may not be %s %s', (name, value) => {
    expect(() => checkClaimKey({ name, value })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
