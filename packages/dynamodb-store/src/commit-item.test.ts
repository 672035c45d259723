import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Commit } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { endVersionOf, fromItem, stateOf, toItem } from './commit-item.js';
import { compact } from './compression.js';

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

const padded = commit.events.map((event) => ({ ...event, data: 'x'.repeat(1_000) }));

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

  test('says of the rest of a commit how many events come before it', () => {
    expect(toItem({ ...commit, offset: 3 })).toStrictEqual({ ...item, offset: { N: '3' } });
  });
});

describe('fromItem', () => {
  test('reads what toItem wrote', () => {
    expect(fromItem(toItem(commit))).toStrictEqual(commit);
  });

  test('reads what was compressed, as the SDK and as Lambda hand over bytes', () => {
    const { events, enc, ...rest } = compact(toItem({ ...commit, events: padded }), 0);
    if (events.B === undefined || enc === undefined) throw new Error('It was not compressed.');

    expect(fromItem({ ...rest, enc, events })).toStrictEqual({ ...commit, events: padded });
    const record: unknown = { B: Buffer.from(events.B).toString('base64') };
    expect(fromItem({ ...rest, enc, events: record as AttributeValue })).toStrictEqual({ ...commit, events: padded });
  });

  test('reads the rest of a commit', () => {
    expect(fromItem(toItem({ ...commit, offset: 3 }))).toStrictEqual({ ...commit, offset: 3 });
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
    ['bytes and no encoding', { ...item, events: { B: Uint8Array.of(1) } }, 'its item has no string "events"'],
    [
      'bytes that cannot be unpacked',
      { ...item, enc: { S: 'gzip' }, events: { B: Uint8Array.of(1) } },
      '"events" cannot be unpacked',
    ],
    ['an offset that is none', { ...item, offset: { N: '-1' } }, 'its item has no version as number "offset"'],
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

describe('endVersionOf', () => {
  test('is the version of the last event of the whole commit', () => {
    expect(endVersionOf(item)).toBe(6);
    expect(endVersionOf({ ...item, end: { N: '9' } })).toBe(9);
  });
});

describe('stateOf', () => {
  const carrying = { ...item, state: { S: '{"total":7}' }, schema: { S: '2' } };

  test('is the state of an item that has one of the schema', () => {
    expect(stateOf(carrying, '2')).toEqual({ state: { total: 7 } });
    expect(stateOf(compact({ ...carrying, state: { S: JSON.stringify('x'.repeat(5_000)) } }, 0), '2')).toEqual({
      state: 'x'.repeat(5_000),
    });
  });

  test('is nothing of an item that has none, or one of another schema', () => {
    expect(stateOf(item, '2')).toBeUndefined();
    expect(stateOf(carrying, '1')).toBeUndefined();
  });

  test('refuses a state that cannot be read', () => {
    expect(() => stateOf({ ...carrying, state: { S: '{' } }, '2')).toThrow('the JSON of "state" cannot be parsed');
  });
});
