import type { Commit } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { joined, type Part } from './whole-commits.js';

/** Events of versions `version` to `last`, of a commit that ends with `end`. */
function part(version: number, last: number, { end = last, offset = 0, id = 'one' } = {}): Part<Commit> {
  const events = Array.from({ length: last - version + 1 }, (_, index) => ({ type: 'Counted', data: version + index }));
  const commit: Commit = {
    stream: 'order-1',
    version,
    last,
    id,
    at: '2026-01-02T03:04:05.006Z',
    events,
    metadata: { correlationId: 'c', causationId: 'k' },
  };
  return { commit: offset === 0 ? commit : { ...commit, offset }, end };
}

const summary = (commit: Commit | undefined) =>
  commit && [commit.version, commit.last, commit.events.map(({ data }) => data), commit.offset];

describe('joined', () => {
  test('puts the parts of a commit together', () => {
    const parts = [part(4, 5, { end: 8 }), part(6, 6, { end: 8, offset: 2 }), part(7, 8, { end: 8, offset: 3 })];

    expect(summary(joined(parts))).toEqual([4, 8, [4, 5, 6, 7, 8], undefined]);
    expect(summary(joined(parts.slice(1)))).toEqual([6, 8, [6, 7, 8], 2]);
  });

  test('refuses parts of two commits', () => {
    expect(() => joined([part(4, 5, { end: 6 }), part(6, 6, { id: 'two' })])).toThrow(
      expect.objectContaining({ code: 'STREAM_CORRUPTED', stream: 'order-1', version: 6 }),
    );
  });

  test('refuses no parts', () => {
    expect(() => joined([])).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
