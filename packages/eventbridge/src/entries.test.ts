import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { RecordedEvent } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { entryBytes, fittingEntry, LARGEST_REQUEST_BYTES, LARGEST_WHOLE_BYTES, toRequests } from './entries.js';
import { type PublicEvent, toEntry } from './envelope.js';

// EventBridge User Guide, "Calculating PutEvents event entry size".
describe('entryBytes', () => {
  test.each<[string, PutEventsRequestEntry, number]>([
    ['nothing', {}, 0],
    ['14 bytes for the time', { Time: new Date(0) }, 14],
    ['the source', { Source: 'shop' }, 4],
    ['the type', { DetailType: 'OrderPlaced' }, 11],
    ['the detail', { Detail: '{"a":1}' }, 7],
    ['UTF-8 bytes, not characters', { Source: 'ä', DetailType: '€', Detail: '"🙂"' }, 2 + 3 + 6],
    ['each of the resources', { Resources: ['arn:1', 'ä'] }, 5 + 2],
    [
      'all of it',
      { Time: new Date(0), Source: 'shop', DetailType: 'A', Detail: '{}', Resources: ['r'] },
      14 + 4 + 1 + 2 + 1,
    ],
    ['but neither the bus nor the trace', { EventBusName: 'shop', TraceHeader: 'Root=1' }, 0],
  ])('counts %s', (_what, entry, bytes) => {
    expect(entryBytes(entry)).toBe(bytes);
  });
});

/** An entry of so many bytes. */
function itemOf(bytes: number, name = '') {
  return { name, bytes };
}

const sizes = (requests: { bytes: number }[][]) => requests.map((request) => request.map(({ bytes }) => bytes));

describe('toRequests', () => {
  test('makes no request of nothing', () => {
    expect(toRequests([])).toEqual([]);
  });

  test.each([
    [1, [1]],
    [10, [10]],
    [11, [10, 1]],
    [25, [10, 10, 5]],
  ])('packs %i small entries by ten', (count, expected) => {
    const items = Array.from({ length: count }, () => itemOf(1));

    expect(toRequests(items).map((request) => request.length)).toEqual(expected);
  });

  test('keeps the order', () => {
    const items = Array.from({ length: 23 }, (_, index) => itemOf(index % 3 === 0 ? 100_000 : 10, String(index)));

    expect(toRequests(items).flat()).toEqual(items);
  });

  test('fills a request to the last byte and not one more', () => {
    expect(LARGEST_REQUEST_BYTES).toBe(1_048_575);
    expect(sizes(toRequests([itemOf(600_000), itemOf(448_575)]))).toEqual([[600_000, 448_575]]);
    expect(sizes(toRequests([itemOf(600_000), itemOf(448_576)]))).toEqual([[600_000], [448_576]]);
  });

  test('counts anew for each request', () => {
    const items = [600_000, 600_000, 400_000, 400_000, 200_000].map((bytes) => itemOf(bytes));

    expect(sizes(toRequests(items))).toEqual([[600_000], [600_000, 400_000], [400_000, 200_000]]);
  });

  test('leaves one that is too large alone in its request', () => {
    const requestsOf = (...bytes: number[]) => sizes(toRequests(bytes.map((each) => itemOf(each))));

    expect(requestsOf(1, 1_200_000, 2, 3)).toEqual([[1], [1_200_000], [2, 3]]);
    expect(requestsOf(1_200_000, 1)).toEqual([[1_200_000], [1]]);
  });
});

describe('fittingEntry', () => {
  const address = { busName: 'orders', source: 'shop' };
  const event: RecordedEvent = {
    id: '01JB.0',
    type: 'Written',
    data: '',
    revision: 2,
    stream: 'page-1',
    version: 7,
    at: '2026-01-02T03:04:05.678Z',
    metadata: { correlationId: 'c', causationId: 'k' },
  };
  const emptyBytes = entryBytes(toEntry(event, address));
  /** An event whose entry has so many bytes. */
  const published = (bytes: number, recorded = true) => ({
    event: { ...event, data: 'x'.repeat(bytes - emptyBytes) },
    recorded,
  });
  const detailOf = ({ entry }: { entry: PutEventsRequestEntry }) => JSON.parse(entry.Detail ?? '');
  const entryFor = (each: PublicEvent, referenceAboveBytes = LARGEST_WHOLE_BYTES) =>
    fittingEntry(each, { ...address, referenceAboveBytes });

  test('has the data, up to what reaches a function', () => {
    const fitting = entryFor(published(1_047_552));

    expect(fitting.bytes).toBe(1_047_552);
    expect(fitting.entry).toEqual(toEntry(published(1_047_552).event, address));
  });

  test('has a reference in place of data one byte larger', () => {
    const fitting = entryFor(published(1_047_553));

    expect(fitting.bytes).toBe(entryBytes(fitting.entry));
    expect(fitting.entry.DetailType).toBe('Written');
    expect(detailOf(fitting)).toEqual({
      id: '01JB.0',
      stream: 'page-1',
      category: 'page',
      version: 7,
      at: '2026-01-02T03:04:05.678Z',
      reference: true,
      metadata: { correlationId: 'c', causationId: 'k' },
    });
  });

  test('has a reference from a smaller size on, where that is asked for', () => {
    expect(detailOf(entryFor(published(1_001), 1_000))).toMatchObject({ reference: true });
    expect(detailOf(entryFor(published(1_000), 1_000))).toHaveProperty('data');
  });

  test('has the data where a reference would be no smaller, or where the store does not hold it', () => {
    const { revision: _, ...first } = event;

    expect(detailOf(entryFor({ event: first, recorded: true }, 1))).toHaveProperty('data');
    expect(detailOf(entryFor(published(1_001, false), 1_000))).toHaveProperty('data');
  });

  test('does not exist for what a mapping made too large', () => {
    expect(() => entryFor(published(1_047_553, false))).toThrow(
      expect.objectContaining({
        code: 'EVENT_TOO_LARGE',
        eventId: '01JB.0',
        bytes: 1_047_553,
        message: expect.stringContaining('leave "data" out'),
      }),
    );
  });

  test('does not exist for metadata that is too large even for a reference', () => {
    const metadata = { correlationId: 'c', causationId: 'k', note: 'x'.repeat(1_100_000) };

    expect(() => entryFor({ event: { ...event, metadata }, recorded: true })).toThrow(
      expect.objectContaining({ code: 'EVENT_TOO_LARGE', message: expect.stringContaining('less metadata') }),
    );
  });
});
