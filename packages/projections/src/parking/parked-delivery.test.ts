import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectOrdered, runs } from '../apply/delivery.test.fixture.js';
import { ledgerProjection } from '../apply/ledger.test.fixture.js';
import { InMemoryReadModelStore } from '../read-models/in-memory-read-model-store.js';
import { InMemoryParkingLot } from './in-memory-parking-lot.js';
import { expectNothingLost, expectWaiting, liveParked, parkedHistories } from './parked-delivery.test.fixture.js';

describe.each(['in-row', 'beside-rows'] as const)('with positions %s', (positions) => {
  it('a parked stream waits, and in the end the rows come to the fold of all that was not skipped', async () => {
    await fc.assert(
      fc.asyncProperty(parkedHistories, fc.scheduler(), async (history, scheduler) => {
        const stores = { readModels: new InMemoryReadModelStore(), lot: new InMemoryParkingLot() };
        const lived = await liveParked(history, ledgerProjection(positions), stores, {
          pause: () => scheduler.schedule(Promise.resolve()),
          all: (promises) => scheduler.waitFor(Promise.all(promises)),
        });

        expect(lived.parked).toEqual([]);
        expect(lived.rows).toEqual(lived.expected);
        expectNothingLost(lived);
        for (const { rows, waiting } of lived.between) {
          expectOrdered(rows);
          expectWaiting(rows, waiting);
        }
      }),
      { numRuns: runs(300) },
    );
  }, 3_600_000);
});
