import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Positions } from '../projection.js';
import { InMemoryReadModelStore } from '../read-models/in-memory-read-model-store.js';
import { expectOrdered, histories, live, runs, wideHistories } from './delivery.test.fixture.js';
import { ledgerProjection } from './ledger.test.fixture.js';

/** Lives through so many histories, whatever interleaving each of them takes. */
async function expectExactlyOnce(of: typeof histories, positions: Positions, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(of, fc.scheduler(), async (history, scheduler) => {
      const lived = await live(history, ledgerProjection(positions), new InMemoryReadModelStore(), {
        pause: () => scheduler.schedule(Promise.resolve()),
        all: (promises) => scheduler.waitFor(Promise.all(promises)),
      });

      expect(lived.heard).toEqual([]);
      expect(lived.rows).toEqual(lived.expected);
      for (const rows of lived.snapshots) expectOrdered(rows);
    }),
    { numRuns },
  );
}

describe.each(['in-row', 'beside-rows'] as const)('with positions %s', (positions) => {
  it(
    'the rows come to the fold of all events, whatever is delivered late, twice, out of order, at once or never',
    () => expectExactlyOnce(histories, positions, runs(1000)),
    600_000,
  );

  it(
    'the same, of commits that change more rows than a transaction takes',
    () => expectExactlyOnce(wideHistories, positions, runs(30)),
    600_000,
  );
});
