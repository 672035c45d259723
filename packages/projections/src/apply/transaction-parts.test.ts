import type { Commit, RecordedEvent } from '@everfold/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, put, type Row } from '../changes.js';
import {
  eventPieces,
  everLess,
  fits,
  itemsOf,
  type Piece,
  rowsOfEvent,
  splitByItems,
  togetherByStream,
} from './transaction-parts.js';
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

describe('commits in the order of writing', () => {
  const puts = (stream: string, ...rows: string[]): ProjectedCommit => ({
    ...projected(stream),
    changes: rows.map((key) => put<Row>(key, {})),
  });

  it('have those of a stream together, each stream in order, where rows are only added to or are of one stream', () => {
    const [a1, b1, a2, b2] = [
      projected('a', 'r'),
      projected('b', 'r'),
      puts('a', 'own-a'),
      puts('b', 'own-b', 'own-b'),
    ];

    expect(togetherByStream([a1, b1, a2, b2])).toEqual([a1, a2, b1, b2]);
  });

  it.each([
    ['put by one stream and added to by another', [puts('a', 'r'), projected('b', 'r'), projected('a')]],
    ['added to by several and then put', [projected('a', 'r'), projected('b', 'r'), puts('a', 'r'), projected('b')]],
    ['put by several', [puts('a', 'r'), puts('b', 'r'), projected('a')]],
  ])('stay as they arrived where a row is %s', (_, all) => {
    expect(togetherByStream(all)).toEqual(all);
  });
});

/** A commit of events that each add to these rows. */
const events = {
  changesOf: ({ data }: RecordedEvent) => (data as { rows: string[] }).rows.map((key) => add<Row>(key, {})),
};

function commitOf(...rows: string[][]): Commit {
  const { commit } = projected('a');
  return {
    ...commit,
    version: 4,
    last: 3 + rows.length,
    events: rows.map((each) => ({ type: 'Happened', data: { rows: each } })),
  };
}

describe('a commit that is too large', () => {
  it('comes apart into the events that change something, each at its place', () => {
    const pieces = eventPieces(events, { ...commitOf(['r'], [], ['s', 't']), offset: 2 });

    expect(pieces.map(({ commit: { version, last, offset } }) => [version, last, offset])).toEqual([
      [4, 4, 2],
      [6, 6, 4],
    ]);
    expect(pieces.map(({ changes }) => changes.map(({ key }) => key))).toEqual([['r'], ['s', 't']]);
    expect(pieces[1]?.commit.events).toEqual([{ type: 'Happened', data: { rows: ['s', 't'] } }]);
  });

  it('comes apart into the rows of its event, in the order of their keys, and no change of a row is left behind', () => {
    const [event] = eventPieces(events, commitOf(['c', 'a', 'd', 'b', 'a'])) as [Piece];
    const keys = (piece: Piece) => piece.changes.map(({ key }) => key);

    const first = rowsOfEvent(event, 2);
    const second = rowsOfEvent({ ...event, rowsBefore: 2 }, 2);

    expect([keys(first), first.rowsBefore, first.rowsAfter]).toEqual([['a', 'b', 'a'], 0, 2]);
    expect([keys(second), second.rowsBefore, second.rowsAfter]).toEqual([['c', 'd'], 2, 0]);
  });

  it('is tried as ever less, down to one row', () => {
    const commit = commitOf(['a', 'b', 'c'], ['d']);
    const whole: Piece = { commit, changes: projected('a', 'a', 'b', 'c', 'd').changes, rowsBefore: 0, rowsAfter: 0 };
    const sizes = [...everLess([whole, whole], (one) => eventPieces(events, one))].map((pieces) => [
      pieces.length,
      new Set(pieces.flatMap(({ changes }) => changes.map(({ key }) => key))).size,
    ]);

    expect(sizes).toEqual([[2, 4], [1, 4], [2, 4], [1, 3], ...[3, 3, 3, 3, 3, 3, 1].map((rows) => [1, rows])]);
  });
});

describe('a transaction', () => {
  const empty = { advances: [], writes: [], increments: [] };
  const rowOf = (kilobytes: number) => ({
    ...{ key: 'a', revision: 0, applied: new Map(), listed: undefined },
    row: { text: 'x'.repeat(kilobytes * 1024) },
  });

  it('fits with 100 items and 4 MB, and not with more', () => {
    const increments = Array.from({ length: 100 }, () => ({ key: 'a', amounts: {} }));

    expect(fits({ ...empty, increments })).toBe(true);
    expect(fits({ ...empty, increments, writes: [rowOf(1)] })).toBe(false);
    expect(fits({ ...empty, writes: Array.from({ length: 13 }, () => rowOf(300)) })).toBe(true);
    expect(fits({ ...empty, writes: Array.from({ length: 14 }, () => rowOf(300)) })).toBe(false);
  });
});
