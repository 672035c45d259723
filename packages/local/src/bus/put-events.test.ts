import { describe, expect, it } from 'vitest';
import { acceptEntry, checkedEntries, entrySize, type PutEventsEntry } from './put-events.js';

const placed: PutEventsEntry = { Source: 'order', DetailType: 'OrderPlaced', Detail: '{"orderId":"1"}' };

describe('entrySize', () => {
  it('counts the bytes of source, detail type, detail and resources', () => {
    expect(entrySize({ Source: 'é', DetailType: 'ab', Detail: '{"a":"😀"}', Resources: ['arn:1', 'ä'] })).toBe(
      2 + 2 + 12 + 5 + 2,
    );
  });

  it('counts 14 bytes for a time', () => {
    expect(entrySize({ ...placed, Time: new Date(0) })).toBe(entrySize(placed) + 14);
  });
});

describe('checkedEntries', () => {
  it('takes 1 to 10 entries', () => {
    expect(checkedEntries({ Entries: [placed] })).toEqual([placed]);
    expect(checkedEntries({ Entries: new Array(10).fill(placed) })).toHaveLength(10);
  });

  it.each([
    [
      undefined,
      "1 validation error detected: Value 'null' at 'entries' failed to satisfy constraint: Member must not be null",
    ],
    [
      [],
      "1 validation error detected: Value '[]' at 'entries' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      new Array(11).fill(placed),
      "1 validation error detected: Value '[11 entries]' at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10",
    ],
  ])('refuses another number of them', (entries, message) => {
    expect(() => checkedEntries({ Entries: entries })).toThrow(
      expect.objectContaining({ code: 'PUT_EVENTS_REFUSED', type: 'ValidationException', message }),
    );
  });

  it('takes 1 MB in total, and refuses a byte more', () => {
    const rest = 1_048_576 - entrySize(placed) - entrySize({ ...placed, Detail: '' });
    const sized = (bytes: number) => ({ Entries: [placed, { ...placed, Detail: 'x'.repeat(bytes) }] });

    expect(checkedEntries(sized(rest))).toHaveLength(2);
    expect(() => checkedEntries(sized(rest + 1))).toThrow(
      expect.objectContaining({
        type: 'ValidationException',
        message: 'Total size of the entries in the request is over the limit.',
      }),
    );
  });
});

describe('acceptEntry', () => {
  it('takes an entry with its defaults', () => {
    expect(acceptEntry(placed)).toEqual({
      source: 'order',
      detailType: 'OrderPlaced',
      detail: { orderId: '1' },
      time: undefined,
      resources: [],
      bus: 'default',
    });
  });

  it('takes the longest source and detail type that EventBridge does', () => {
    const longest = { Source: 's'.repeat(256), DetailType: 't'.repeat(128) };

    expect(acceptEntry({ ...placed, ...longest })).toMatchObject({ source: longest.Source });
  });

  it.each([
    ['shop', 'shop'],
    ['arn:aws:events:eu-central-1:123456789012:event-bus/shop', 'shop'],
    ['arn:aws:events:eu-central-1:123456789012:event-bus/a/b', 'a/b'],
    [undefined, 'default'],
  ])('finds the bus of %s', (given, bus) => {
    expect(acceptEntry({ ...placed, EventBusName: given })).toMatchObject({ bus });
  });

  it.each<[broken: PutEventsEntry, code: string, message: string]>([
    [{ Source: undefined }, 'InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.'],
    [{ Source: '' }, 'InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.'],
    [
      { DetailType: undefined },
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    ],
    [{ Detail: undefined }, 'InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.'],
    [
      { Source: 's'.repeat(257) },
      'InvalidArgument',
      'Parameter Source is not valid. Reason: Source must have at most 256 characters.',
    ],
    [
      { DetailType: 't'.repeat(129) },
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType must have at most 128 characters.',
    ],
    [{ Source: 'aws.s3' }, 'NotAuthorizedForSourceException', 'Not authorized for the source.'],
    [{ Detail: '{"a":' }, 'MalformedDetail', 'Detail is malformed.'],
    [{ Detail: '"text"' }, 'MalformedDetail', 'Detail is malformed.'],
    [{ Detail: '[1]' }, 'MalformedDetail', 'Detail is malformed.'],
    [{ Detail: 'null' }, 'MalformedDetail', 'Detail is malformed.'],
  ])('refuses %j', (broken, code, message) => {
    expect(acceptEntry({ ...placed, ...broken })).toEqual({ ErrorCode: code, ErrorMessage: message });
  });
});
