import type { Commit } from '@everfold/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add } from '../changes.js';
import { itemsOf, splitByItems } from './transaction-parts.js';
import type { ProjectedCommit } from './work.js';

function projected(stream: string, ...rows: string[]): ProjectedCommit {
  const commit: Commit = {
    stream,
    version: 1,
    last: 1,
    id: '1',
    at: '2026-01-01T00:00:00.000Z',
    events: [{ type: 'Happened', data: {} }],
    metadata: { correlationId: 'c', causationId: 'c' },
  };
  return { commit, changes: rows.map((key) => add(key, {})) };
}

const commits = fc.array(
  fc
    .tuple(fc.constantFrom('a', 'b', 'c'), fc.uniqueArray(fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5')))
    .map(([stream, rows]) => projected(stream, ...rows)),
);

describe('the parts of a transaction', () => {
  it('count a stream and a row once, and keep a stream and a row of one name apart', () => {
    expect(itemsOf([projected('a', 'r', 'a'), projected('a', 'r'), projected('b')])).toBe(4);
  });

  it('hold as many commits as there is room for', () => {
    const [one, two, three] = [projected('a', 'r'), projected('b', 'r'), projected('c', 's')];

    expect(splitByItems([one, two, three], 5)).toEqual([[one, two, three]]);
    expect(splitByItems([one, two, three], 4)).toEqual([[one, two], [three]]);
    expect(splitByItems([one, two, three], 2)).toEqual([[one], [two], [three]]);
    expect(splitByItems([], 2)).toEqual([]);
  });

  it('hold every commit once, in order, and are too large for one commit only', () => {
    fc.assert(
      fc.property(commits, fc.integer({ min: 1, max: 8 }), (all, most) => {
        const parts = splitByItems(all, most);

        expect(parts.flat()).toEqual(all);
        for (const part of parts) expect(itemsOf(part) <= most || part.length === 1).toBe(true);
      }),
    );
  });
});
