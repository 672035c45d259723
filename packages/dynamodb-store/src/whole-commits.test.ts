import type { Commit } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { BackwardAssembly } from './backward-assembly.js';
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

describe('a backward assembly', () => {
  test('gives each commit when its first part is there', () => {
    const assembly = new BackwardAssembly();

    const taken = [
      part(7, 7, { id: 'two' }),
      part(6, 6, { end: 6, offset: 2 }),
      part(4, 5, { end: 6 }),
      part(1, 3, { id: 'zero' }),
    ].map((next) => summary(assembly.take(next)));

    expect(taken).toEqual([
      [7, 7, [7], undefined],
      undefined,
      [4, 6, [4, 5, 6], undefined],
      [1, 3, [1, 2, 3], undefined],
    ]);
    expect(assembly.finish(0)).toBeUndefined();
  });

  test('leaves out a commit whose end is not there', () => {
    const assembly = new BackwardAssembly();
    assembly.beginBefore([]);

    const taken = [part(6, 6, { end: 8, offset: 2 }), part(4, 5, { end: 8 }), part(1, 3, { id: 'zero' })].map((next) =>
      summary(assembly.take(next)),
    );

    expect(taken).toEqual([undefined, undefined, [1, 3, [1, 2, 3], undefined]]);
  });

  test('gives the rest of a commit at the end', () => {
    const assembly = new BackwardAssembly();

    expect(assembly.take(part(6, 7, { offset: 2 }))).toBeUndefined();

    expect(summary(assembly.finish(5))).toEqual([6, 7, [6, 7], 2]);
  });

  test('refuses a missing version, between items and before the first', () => {
    const gap = new BackwardAssembly();
    gap.take(part(7, 7));
    const early = new BackwardAssembly();
    early.take(part(7, 7));

    expect(() => gap.take(part(4, 5))).toThrow(expect.objectContaining({ code: 'STREAM_CORRUPTED', version: 6 }));
    expect(() => early.finish(0)).toThrow(expect.objectContaining({ code: 'STREAM_CORRUPTED', version: 1 }));
  });
});
