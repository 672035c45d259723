import { describe, expect, test } from 'vitest';
import { findArrivalFlaws } from './arrivals.js';

const event = (stream: string, version: number) => ({ id: `${stream}.${version}`, stream, version });
const sent = [event('a', 1), event('a', 2), event('b', 1)];

describe('what arrived on the bus', () => {
  test('has no flaw when every event arrived once, streams among each other in any order', () => {
    expect(findArrivalFlaws([event('b', 1), event('a', 1), event('a', 2)], sent, true)).toEqual([]);
  });

  test.each([
    ['1 did not arrive', sent.slice(1)],
    ['1 arrived more than once', [...sent, event('b', 1)]],
    ['1 were never sent', [...sent, event('c', 1)]],
    ['1 arrived after a later one of their stream', [event('a', 2), event('a', 1), event('b', 1)]],
  ])('is told: %s', (flaw, arrived) => {
    expect(findArrivalFlaws(arrived, sent, true)).toEqual([flaw]);
  });

  test('may be in any order where none was asked for', () => {
    expect(findArrivalFlaws(sent.toReversed(), sent, false)).toEqual([]);
  });
});
