import type { EventStore } from '../event-store.js';
import { systemIds } from '../ports.js';
import { appending } from './contract/appending.js';
import type { Chapter } from './contract/bench.js';
import { commitSize } from './contract/commit-size.js';
import { concurrency } from './contract/concurrency.js';
import { jsonData } from './contract/json-data.js';
import { reading } from './contract/reading.js';
import { transactions } from './contract/transactions.js';

/** What the suite needs of a test runner: `describe` and `it` of Vitest, Jest, Mocha or `node:test`. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

/** The store under test. */
export interface EventStoreSubject {
  /** What the suite calls it. */
  readonly name: string;
  /**
   * Makes the store for one test, or hands out the same one again: every test writes to streams of its own.
   * `close` is called after the test.
   */
  readonly create: () => Promise<{ readonly store: EventStore; readonly close?: () => Promise<void> }>;
  /** More bytes of JSON than this, the store cannot take in one commit. Leave it out for a store without a limit. */
  readonly largestCommitBytes?: number;
}

/**
 * Describes, as tests, the contract that every {@link EventStore} keeps. The checks are made with `node:assert`, so any
 * test runner will do. The suite writes about 3 MB.
 *
 * @example
 * ```ts
 * import { describe, it } from 'vitest';
 *
 * describeEventStore({ describe, it }, { name: 'InMemoryEventStore', create: async () => ({ store: new InMemoryEventStore() }) });
 * ```
 */
export function describeEventStore({ describe, it }: TestRunner, subject: EventStoreSubject): void {
  const { name, create, largestCommitBytes } = subject;
  const chapters: Record<string, Chapter> = { appending, reading, transactions, concurrency, 'JSON data': jsonData };
  if (largestCommitBytes !== undefined) chapters['commit size'] = commitSize(largestCommitBytes);

  describe(`${name} keeps the contract of an event store`, () => {
    for (const [title, chapter] of Object.entries(chapters)) {
      describe(title, () => {
        for (const [promise, check] of Object.entries(chapter)) {
          it(promise, async () => {
            const { store, close } = await create();
            try {
              await check({ store, newStream: () => `contract-${systemIds()}` });
            } finally {
              await close?.();
            }
          });
        }
      });
    }
  });
}
