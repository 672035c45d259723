import { describe, expect, test } from 'vitest';
import { missingReadUnits, writeUnits } from './units.js';

const item = (bytes: number) => ({ id: { S: 'x'.repeat(bytes - 2) } });
const plain = { TableName: 't' };

describe('the write units of an item', () => {
  test.each([
    [10, 1],
    [1_024, 1],
    [1_025, 2],
  ])('of %d bytes are %d', (bytes, units) => {
    expect(writeUnits(item(bytes), plain, false)).toBe(units);
  });

  test('double in a transaction', () => {
    expect(writeUnits(item(1_025), plain, true)).toBe(4);
  });

  const byOwner = (ProjectionType: 'ALL' | 'KEYS_ONLY') => ({
    TableName: 't',
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-owner',
        KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' as const }],
        Projection: { ProjectionType },
      },
    ],
  });

  test.each([
    ['ALL', 4],
    ['KEYS_ONLY', 3],
  ] as const)('count an index of %s once, also in a transaction', (projection, more) => {
    const owned = { ...item(1_500), owner: { S: 'ada' } };

    expect(writeUnits(owned, byOwner(projection), false)).toBe(more);
    expect(writeUnits(owned, byOwner(projection), true)).toBe(more + 2);
  });

  test('do not count an index that does not hold the item', () => {
    expect(writeUnits(item(1_500), byOwner('ALL'), false)).toBe(2);
  });
});

describe('the read units of a batch for items that are not there', () => {
  const Keys = [item(10), item(11), item(12)];

  test.each([
    ['consistent', true, 2],
    ['eventually consistent', false, 1],
  ])('of a read that is %s are those of small ones', (_what, ConsistentRead, units) => {
    const answer = { Responses: { t: [item(10)] } };

    expect(missingReadUnits({ RequestItems: { t: { Keys, ConsistentRead } } }, answer)).toBe(units);
  });

  test('are none for what was not answered', () => {
    const answer = { Responses: { t: [] }, UnprocessedKeys: { t: { Keys } } };

    expect(missingReadUnits({ RequestItems: { t: { Keys, ConsistentRead: true } } }, answer)).toBe(0);
  });
});
