import { describe, expect, it } from 'vitest';
import { add, applyChange, type Change, merge, put, type Row, remove, update } from './changes.js';

const there: Row = { name: 'Ada', count: 2 };

describe('a change', () => {
  it.each<[string, Row | undefined, Change, Row | undefined]>([
    ['puts a row that is not there', undefined, put('k', { n: 1 }), { n: 1 }],
    ['puts a row in place of another', there, put('k', { n: 1 }), { n: 1 }],
    ['merges fields into a row', there, merge('k', { count: 3, fresh: null }), { name: 'Ada', count: 3, fresh: null }],
    ['begins a row with merged fields', undefined, merge('k', { n: 1 }), { n: 1 }],
    ['folds a row', there, update<Row>('k', (row) => ({ was: row ?? null })), { was: there }],
    ['folds a row that is not there', undefined, update<Row>('k', (row) => ({ was: row ?? null })), { was: null }],
    ['adds to numbers', there, add<Row>('k', { count: 40, fresh: -1.5 }), { name: 'Ada', count: 42, fresh: -1.5 }],
    ['begins a row with added numbers', undefined, add<Row>('k', { count: 1 }), { count: 1 }],
    ['begins a row with nothing added', undefined, add<Row>('k', {}), {}],
    ['removes a row', there, remove('k'), undefined],
    ['removes a row that is not there', undefined, remove('k'), undefined],
  ])('%s', (_behaviour, row, change, expected) => {
    const before = structuredClone(row);

    expect(applyChange(row, change)).toEqual(expected);
    expect(row).toEqual(before);
  });

  it('takes minus nothing for nothing', () => {
    const row = applyChange(undefined, add<Row>('k', { cents: -0 }));

    expect(Object.is(row?.cents, 0)).toBe(true);
  });

  it.each<[string, Change, string]>([
    [
      'a row that JSON would change',
      put<Row>('k', { at: new Date(0) as never }),
      'row "k" one that JSON cannot carry: at: ',
    ],
    [
      'a folded row that JSON would change',
      update<Row>('k', () => ({ n: Number.NaN })),
      'JSON cannot carry: n: JSON has no NaN',
    ],
    ['a row that is no object', update<Row>('k', () => [1] as never), 'update makes row "k" [1]; a row is an object.'],
    ['a row that is nothing', update<Row>('k', () => null as never), 'update makes row "k" null; a row is an object.'],
    [
      'an amount that is no number',
      add<Row>('k', { n: Number.POSITIVE_INFINITY }),
      'Infinity cannot be added to "n" of row "k".',
    ],
    ['a sum with something else', add<Row>('k', { name: 1 }), '1 cannot be added to "name": it holds "Ada".'],
  ])('is refused for %s', (_flaw, change, message) => {
    expect(() => applyChange(there, change)).toThrow(message);
  });
});
