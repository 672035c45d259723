import { describe, expect, it } from 'vitest';
import { type ShardState, shardsToBegin, whereToBegin } from './shard-order.js';

const parent = { id: 'parent', parent: undefined };
const left = { id: 'left', parent: 'parent' };
const right = { id: 'right', parent: 'parent' };
const orphan = { id: 'orphan', parent: 'long gone' };
const all = [right, parent, left, orphan];

const states = (entries: Record<string, ShardState>) => new Map(Object.entries(entries));

describe('shardsToBegin', () => {
  it('begins with shards that have no parent, or none any more', () => {
    expect(shardsToBegin(all, states({}))).toEqual([parent, orphan]);
  });

  it('keeps children waiting while their parent is read', () => {
    expect(shardsToBegin(all, states({ parent: 'reading', orphan: 'reading' }))).toEqual([]);
  });

  it('goes on to all children of a parent that is done', () => {
    expect(shardsToBegin(all, states({ parent: 'done', orphan: 'reading' }))).toEqual([right, left]);
  });

  it('does not begin a shard twice', () => {
    expect(shardsToBegin(all, states({ parent: 'done', left: 'reading', right: 'done', orphan: 'done' }))).toEqual([]);
  });

  it('waits for a parent that is still read after it has left the list', () => {
    expect(shardsToBegin([left], states({ parent: 'reading' }))).toEqual([]);
  });
});

describe('whereToBegin', () => {
  it('goes on after the checkpoint, wherever a new consumer would begin', () => {
    expect(whereToBegin({ after: '7' }, { isClosed: true, start: 'LATEST' })).toEqual({ after: '7' });
  });

  it('has nothing to begin in a shard that it is done with', () => {
    expect(whereToBegin('SHARD_END', { isClosed: true, start: 'TRIM_HORIZON' })).toBe('SHARD_END');
  });

  it('reads a closed shard from its oldest record', () => {
    expect(whereToBegin(undefined, { isClosed: true, start: 'TRIM_HORIZON' })).toBe('TRIM_HORIZON');
  });

  it('passes over a closed shard when only the latest is wanted', () => {
    expect(whereToBegin(undefined, { isClosed: true, start: 'LATEST' })).toBe('SHARD_END');
    expect(whereToBegin(undefined, { isClosed: false, start: 'LATEST' })).toBe('LATEST');
  });
});
