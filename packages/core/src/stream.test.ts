import { describe, expect, test } from 'vitest';
import { categoryOf, checkCategory, idOf, streamName } from './stream.js';

const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });

describe('streamName', () => {
  test('joins category and id by a dash', () => {
    expect(streamName('order', '01JB')).toBe('order-01JB');
  });

  test.each(['a-b-c', '-', ' ', 'ümlaut/🦊', 'order-1'])('gives category and id "%s" back', (id) => {
    const stream = streamName('order', id);

    expect([categoryOf(stream), idOf(stream)]).toEqual(['order', id]);
  });

  test('refuses a category that is not a name', () => {
    expect(() => streamName('my-order', '1')).toThrow(refusal);
  });

  test('takes a name of 512 characters and refuses one of 513', () => {
    expect(streamName('order', 'x'.repeat(506))).toHaveLength(512);
    expect(() => streamName('order', 'x'.repeat(507))).toThrow(refusal);
  });

  test('keeps the longest name within the 2,048 bytes of a hash key', () => {
    expect(Buffer.byteLength(streamName('o', '🦊'.repeat(255)))).toBeLessThanOrEqual(2_048);
    expect(Buffer.byteLength(streamName('o', '東'.repeat(510)))).toBeLessThanOrEqual(2_048);
  });

  test.each(['', undefined, null, 7])('refuses %j for an id', (id) => {
    expect(() => streamName('order', id as string)).toThrow(refusal);
  });

  test('refuses half of a character in an id, for all of these would be the same key', () => {
    expect(() => streamName('order', 'a\ud800')).toThrow(refusal);
    expect(() => streamName('order', '\udc00a')).toThrow(refusal);
    expect(streamName('order', '\ud83e\udd8a')).toBe('order-🦊');
  });
});

describe('checkCategory', () => {
  test.each(['order', 'Order2', 'a.b_c'])('takes "%s"', (category) => {
    expect(() => checkCategory(category)).not.toThrow();
  });

  test.each(['', '2order', 'sales-order', '_order', '$order', 'order ', 'order\n', 'bestellung-ö'])(
    'refuses "%s"',
    (category) => {
      expect(() => checkCategory(category)).toThrow(refusal);
    },
  );
});

describe('categoryOf and idOf', () => {
  test.each(['', 'order', '-order'])('refuse "%s", which is not a stream name', (stream) => {
    expect(() => categoryOf(stream)).toThrow(refusal);
    expect(() => idOf(stream)).toThrow(refusal);
  });
});
