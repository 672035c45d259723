import { describe, expect, test } from 'vitest';
import { readCursor, writeCursor } from './scan-cursor.js';

const refused = (text: string) =>
  expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(text) });
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  test('says where every segment stands', () => {
    const states = { 0: null, 2: { stream: 'order-Füße', version: 7 } };

    expect(readCursor(writeCursor(3, states), 3)).toEqual(states);
  });

  test('is text that a URL carries', () => {
    expect(writeCursor(1, { 0: '???>>>~~~ü' })).toMatch(/^[\w-]+$/);
  });

  test('is the beginning where there is none', () => {
    expect(readCursor(undefined, 4)).toEqual({});
  });

  test('is refused where the scan has another number of segments', () => {
    expect(() => readCursor(writeCursor(2, { 0: null }), 3)).toThrow(refused('segments: 2, and this one has 3'));
  });

  test('is refused where it speaks of a segment that the scan does not have', () => {
    expect(() => readCursor(encoded({ segments: 1, states: { 1: null } }), 1)).toThrow(refused('Resume'));
  });

  test.each(['', 'nonsense', '%', encoded(null), encoded(5), encoded({}), encoded({ segments: 1, states: [] })])(
    'is not %j',
    (text) => {
      expect(() => readCursor(text, 1)).toThrow(refused('is not the cursor of a scan'));
    },
  );
});
