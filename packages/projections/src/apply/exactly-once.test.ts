import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../changes.js';
import { InMemoryReadModelStore } from '../read-models/in-memory-read-model-store.js';
import { histories, live } from './delivery.test.fixture.js';

describe.each(['in-row', 'beside-rows'] as const)('with positions %s', (positions) => {
  it('the rows come to the fold of all events, whatever is delivered late, twice, out of order, at once or never', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.scheduler(), async (history, scheduler) => {
        const lived = await live(history, positions, new InMemoryReadModelStore(), {
          pause: () => scheduler.schedule(Promise.resolve()),
          all: (promises) => scheduler.waitFor(Promise.all(promises)),
        });

        expect(lived.heard).toEqual([]);
        expect(lived.rows).toEqual(lived.expected);
        for (const rows of lived.snapshots) expectOrdered(rows);
      }),
      { numRuns: Number(process.env.RUNS ?? 500) },
    );
  }, 600_000);
});

/** No row has ever seen an event twice, or a later one before an earlier. */
function expectOrdered(rows: Record<string, Row>): void {
  for (const [key, row] of Object.entries(rows)) {
    if (key.startsWith('total-')) continue;
    for (const versions of Object.values(row)) {
      expect(versions).toEqual([...new Set(versions as number[])].sort((one, other) => one - other));
    }
  }
}
