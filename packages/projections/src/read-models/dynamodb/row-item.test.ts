import { describe, expect, it } from 'vitest';
import { fromRowItem, toRowItem } from './row-item.js';

const rows = { id: 'orders@1', spread: 1 };

describe('the item of a row', () => {
  it('holds the row as JSON, the rest as native attributes', () => {
    const item = toRowItem(rows, {
      key: 'order-1',
      row: { status: 'paid' },
      revision: 2,
      applied: new Map([
        ['order-1', { version: 4, settled: 4 }],
        ['payment-1', { version: 3, settled: 1 }],
      ]),
      listed: { group: 'paid', sort: '2026-01-01' },
    });

    expect(item).toEqual({
      part: { S: 'orders@1/rows/0' },
      key: { S: 'order-1' },
      rev: { N: '3' },
      row: { S: '{"status":"paid"}' },
      applied: { M: { 'order-1': { N: '4' }, 'payment-1': { N: '3' } } },
      settled: { M: { 'payment-1': { N: '1' } } },
      group: { S: 'orders@1/paid' },
      sort: { S: '2026-01-01' },
    });
  });

  it('holds nothing but its key and revision when the row was removed and had applied nothing', () => {
    const item = toRowItem(rows, { key: 'a', row: undefined, revision: 0, applied: new Map(), listed: undefined });

    expect(item).toEqual({ part: { S: 'orders@1/rows/0' }, key: { S: 'a' }, rev: { N: '1' }, removed: { BOOL: true } });
  });

  it('is decoded with what was added since', () => {
    const item = {
      rev: { N: '9' },
      row: { S: '{"day":"mon","cents":5}' },
      '+cents': { N: '37' },
      '+orders': { N: '2' },
    };

    expect(fromRowItem(item)).toEqual({ row: { day: 'mon', cents: 42, orders: 2 }, revision: 9, applied: new Map() });
  });
});
