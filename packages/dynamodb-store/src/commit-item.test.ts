import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Commit } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { fromItem, itemBytes, toItem } from './commit-item.js';

const commit: Commit = {
  stream: 'order-1',
  version: 4,
  last: 6,
  id: '01JB0000000000000000000000',
  at: '2026-01-02T03:04:05.006Z',
  events: [
    { type: 'LineAdded', data: { sku: 'ä"1', units: 2 } },
    { type: 'LineAdded', data: { sku: 'b', units: 1 } },
    { type: 'OrderPlaced', data: null },
  ],
  metadata: { correlationId: 'c-1', causationId: 'k-1', actor: 'ada' },
};

const item = {
  stream: { S: 'order-1' },
  version: { N: '4' },
  last: { N: '6' },
  commit: { S: '01JB0000000000000000000000' },
  at: { S: '2026-01-02T03:04:05.006Z' },
  types: { SS: ['LineAdded', 'OrderPlaced'] },
  events: {
    S: '[{"type":"LineAdded","data":{"sku":"ä\\"1","units":2}},{"type":"LineAdded","data":{"sku":"b","units":1}},{"type":"OrderPlaced","data":null}]',
  },
  meta: { S: '{"correlationId":"c-1","causationId":"k-1","actor":"ada"}' },
};

describe('toItem', () => {
  test('makes the item of a commit', () => {
    expect(toItem(commit)).toStrictEqual(item);
  });

  test('writes of an event its type and its data', () => {
    const events = [{ type: 'Placed', data: 1, beside: 'the event' }];

    expect(toItem({ ...commit, events }).events).toEqual({ S: '[{"type":"Placed","data":1}]' });
  });

  test('takes an item of 400 KB and refuses one of a byte more', () => {
    const written = (text: string) => ({ ...commit, events: [{ type: 'Written', data: text }] });
    const room = 400 * 1024 - itemBytes(toItem(written('')));

    expect(itemBytes(toItem(written('x'.repeat(room))))).toBe(409_600);
    expect(() => toItem(written('x'.repeat(room + 1)))).toThrow(
      expect.objectContaining({
        code: 'COMMIT_TOO_LARGE',
        stream: 'order-1',
        message: expect.stringContaining('409601 bytes and DynamoDB takes 409600'),
      }),
    );
    expect(() => toItem(written('東'.repeat(Math.ceil((room + 1) / 3))))).toThrow(
      expect.objectContaining({ code: 'COMMIT_TOO_LARGE' }),
    );
  });
});

describe('fromItem', () => {
  test('reads what toItem wrote', () => {
    expect(fromItem(toItem(commit))).toStrictEqual(commit);
  });

  test('passes over attributes that it does not know', () => {
    expect(fromItem({ ...item, ttl: { N: '1' } })).toStrictEqual(commit);
  });

  const without = (name: keyof typeof item): Record<string, AttributeValue> => {
    const { [name]: _, ...rest } = item;
    return rest;
  };

  test.each<[string, Record<string, AttributeValue>, string]>([
    ['no commit id', without('commit'), 'its item has no string "commit"'],
    ['no time', without('at'), 'its item has no string "at"'],
    ['no events', without('events'), 'its item has no string "events"'],
    ['no metadata', without('meta'), 'its item has no string "meta"'],
    ['no end', without('last'), 'its item has no version as number "last"'],
    ['an end that is no number', { ...item, last: { S: '6' } }, 'its item has no version as number "last"'],
    ['an end that is no version', { ...item, last: { N: '6.5' } }, 'its item has no version as number "last"'],
    ['native events', { ...item, events: { L: [] } }, 'its item has no string "events"'],
    ['events that are cut off', { ...item, events: { S: '[{"type":' } }, 'the JSON of "events" cannot be parsed'],
    ['events that are no list', { ...item, events: { S: '{}' } }, 'its "events" are no list of events'],
    ['an empty list of events', { ...item, events: { S: '[]' } }, 'its "events" are no list of events'],
    ['events that are none', { ...item, events: { S: '[null]' } }, 'its "events" are no list of events'],
    ['events without a type', { ...item, events: { S: '[{"data":1}]' } }, 'its "events" are no list of events'],
    ['events without data', { ...item, events: { S: '[{"type":"A"}]' } }, 'its "events" are no list of events'],
    ['metadata that is cut off', { ...item, meta: { S: '{' } }, 'the JSON of "meta" cannot be parsed'],
    ['metadata that is no object', { ...item, meta: { S: '[]' } }, 'its "meta" is no object'],
    ['metadata that is null', { ...item, meta: { S: 'null' } }, 'its "meta" is no object'],
    ['an encoding of the future', { ...item, enc: { S: 'zstd' } }, 'its encoding "zstd" is not known here'],
  ])('refuses an item with %s, and says which it is', (_name, flawed, reason) => {
    expect(() => fromItem(flawed)).toThrow(
      expect.objectContaining({
        code: 'STREAM_CORRUPTED',
        stream: 'order-1',
        version: 4,
        message: expect.stringContaining(reason),
      }),
    );
  });

  test.each<[string, Record<string, AttributeValue>, object]>([
    ['no stream', without('stream'), { stream: '(no stream)', version: 4 }],
    ['no version', without('version'), { stream: 'order-1', version: Number.NaN }],
    ['version 0', { ...item, version: { N: '0' } }, { stream: 'order-1', version: 0 }],
    ['nothing at all', {}, { stream: '(no stream)' }],
  ])('refuses an item with %s', (_name, flawed, fields) => {
    expect(() => fromItem(flawed)).toThrow(expect.objectContaining({ code: 'STREAM_CORRUPTED', ...fields }));
  });

  test('keeps the error of the parser as the cause', () => {
    expect(() => fromItem({ ...item, events: { S: '[' } })).toThrow(
      expect.objectContaining({ cause: expect.any(SyntaxError) }),
    );
  });
});

describe('itemBytes', () => {
  test.each<[string, Record<string, AttributeValue>, number]>([
    ['nothing', {}, 0],
    ['names and strings in UTF-8', { ä: { S: '東a' } }, 2 + 4],
    ['an empty string', { a: { S: '' } }, 1],
    ['a number: half a byte a digit, and one more', { a: { N: '1' }, b: { N: '123' } }, 1 + 2 + 1 + 3],
    ['bytes', { a: { B: Uint8Array.of(1, 2, 3) } }, 1 + 3],
    ['a boolean and null', { a: { BOOL: true }, b: { NULL: true } }, 1 + 1 + 1 + 1],
    ['sets', { a: { SS: ['ab', 'ä'] }, b: { NS: ['1', '22'] }, c: { BS: [Uint8Array.of(1)] } }, 1 + 4 + 1 + 4 + 1 + 1],
    ['a list', { a: { L: [{ S: 'ab' }, { N: '1' }] } }, 1 + 3 + (1 + 2) + (1 + 2)],
    ['a map', { a: { M: { bc: { S: 'd' } } } }, 1 + 3 + (1 + 2 + 1)],
  ])('counts %s', (_name, counted, bytes) => {
    expect(itemBytes(counted)).toBe(bytes);
  });
});
