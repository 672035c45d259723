import { systemIds } from '@everfold/core';
import type { TestRunner } from '@everfold/core/testing';
import type { ReadModelStore } from '../read-models/read-model-store.js';
import type { Chapter } from './contract/bench.js';
import { inserts } from './contract/inserts.js';
import { listing } from './contract/listing.js';
import { rows } from './contract/rows.js';
import { transactions } from './contract/transactions.js';

/** The store under test. */
export interface ReadModelStoreSubject {
  /** What the suite calls it. */
  readonly name: string;
  /** Makes the store for one test, or hands out the same one again: every test writes rows of its own. */
  readonly create: () => Promise<ReadModelStore>;
}

/**
 * Describes, as tests, the contract that every {@link ReadModelStore} keeps. The checks are made with `node:assert`, so
 * any test runner will do. A store whose listing lags behind cannot pass: the suite does not wait.
 *
 * @example
 * ```ts
 * import { describe, it } from 'vitest';
 *
 * describeReadModelStore({ describe, it }, { name: 'InMemoryReadModelStore', create: async () => new InMemoryReadModelStore() });
 * ```
 */
export function describeReadModelStore({ describe, it }: TestRunner, { name, create }: ReadModelStoreSubject): void {
  const chapters: Readonly<Record<string, Chapter>> = { rows, inserts, transactions, listing };

  describe(`${name} keeps the contract of a read-model store`, () => {
    for (const [title, chapter] of Object.entries(chapters)) {
      describe(title, () => {
        for (const [promise, check] of Object.entries(chapter)) {
          it(promise, async () => {
            const store = await create();
            await check({ store, newRows: (spread = 4) => ({ id: `contract-${systemIds()}@1`, spread }) });
          });
        }
      });
    }
  });
}
