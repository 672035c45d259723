import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { describe, expect, test } from 'vitest';
import { entryBytes, LARGEST_REQUEST_BYTES, toRequests } from './entries.js';

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
  return { name, entry: { Detail: 'x'.repeat(bytes) } };
}

const sizes = (requests: { entry: { Detail: string } }[][]) =>
  requests.map((request) => request.map(({ entry }) => entry.Detail.length));

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
