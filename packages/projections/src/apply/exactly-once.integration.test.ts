import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { DynamoDBReadModelStore } from '../read-models/dynamodb/dynamodb-read-model-store.js';
import { createReadModelTable } from '../read-models/dynamodb/read-model-table.test.fixture.js';
import { expectOrdered, histories, live, runs, wideHistories } from './delivery.test.fixture.js';
import { ledgerProjection } from './ledger.test.fixture.js';

const table = await createReadModelTable();
afterAll(table.drop);

describe.each(['in-row', 'beside-rows'] as const)('on DynamoDB, with positions %s', (positions) => {
  it('the rows come to the fold of all events, whatever is delivered late, twice, out of order, at once or never', async () => {
    let lives = 0;
    await fc.assert(
      fc.asyncProperty(positions === 'in-row' ? histories : fc.oneof(histories, wideHistories), async (history) => {
        const projection = ledgerProjection(positions, `${positions.replace('-', '_')}.${++lives}`);
        const lived = await live(history, projection, new DynamoDBReadModelStore(table), {
          pause: async () => {},
          all: (promises) => Promise.all(promises),
        });

        expect(lived.heard).toEqual([]);
        expect(lived.rows).toEqual(lived.expected);
        lived.snapshots.forEach(expectOrdered);
      }),
      { numRuns: runs(20) },
    );
  }, 600_000);
});
