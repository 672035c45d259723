import { systemIds } from '@everfold/core';
import type { TestRunner } from '@everfold/core/testing';
import type { ParkingLot } from '../parking/parking-lot.js';
import { counting, listingParked, type ParkingChapter, standings } from './contract/parking.js';

/** The parking lot under test. */
export interface ParkingLotSubject {
  /** What the suite calls it. */
  readonly name: string;
  /** Makes the lot for one test, or hands out the same one again: every test has a projection of its own. */
  readonly create: () => Promise<ParkingLot>;
}

/**
 * Describes, as tests, the contract that every {@link ParkingLot} keeps. The checks are made with `node:assert`, so any
 * test runner will do. A lot whose listings lag behind cannot pass: the suite does not wait.
 *
 * @example
 * ```ts
 * import { describe, it } from 'vitest';
 *
 * describeParkingLot({ describe, it }, { name: 'InMemoryParkingLot', create: async () => new InMemoryParkingLot() });
 * ```
 */
export function describeParkingLot({ describe, it }: TestRunner, { name, create }: ParkingLotSubject): void {
  const chapters: Readonly<Record<string, ParkingChapter>> = { counting, standings, listing: listingParked };

  describe(`${name} keeps the contract of a parking lot`, () => {
    for (const [title, chapter] of Object.entries(chapters)) {
      describe(title, () => {
        for (const [promise, check] of Object.entries(chapter)) {
          it(promise, async () => {
            await check({ lot: await create(), projection: `contract-${systemIds()}@1` });
          });
        }
      });
    }
  });
}
