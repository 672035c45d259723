import type { SnapshotSkipped } from '../commit.js';
import type { EventStore } from '../event-store.js';
import { systemClock, systemIds } from '../ports.js';
import { appending } from './contract/appending.js';
import type { Chapter } from './contract/bench.js';
import { checks } from './contract/checks.js';
import { claimTimes } from './contract/claim-times.js';
import { claims } from './contract/claims.js';
import { concurrency } from './contract/concurrency.js';
import { conflicts } from './contract/conflicts.js';
import { deleting } from './contract/deleting.js';
import { jsonData } from './contract/json-data.js';
import { largeCommits } from './contract/large-commits.js';
import { listingStreams } from './contract/listing-streams.js';
import { loading } from './contract/loading.js';
import { reading } from './contract/reading.js';
import { readingParts } from './contract/reading-parts.js';
import { savingSnapshots } from './contract/saving-snapshots.js';
import { scanning } from './contract/scanning.js';
import { skippingSnapshots } from './contract/skipped-snapshots.js';
import { snapshotChapter } from './contract/snapshots.js';
import { tooLargeCommits } from './contract/too-large-commits.js';
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
  /**
   * Lets so many milliseconds pass on the store's clock: the suite lets about 15 seconds pass. Leave it out for a store
   * on the machine's clock; the suite waits, then.
   */
  readonly passTime?: (milliseconds: number) => void;
  /** What the store has told of snapshots that it did not keep. Leave it out for a store that tells nobody. */
  readonly skippedSnapshots?: () => readonly SnapshotSkipped[];
  /**
   * The store takes any commit of so many bytes of JSON, and none of twice as many that no compression makes smaller.
   * Leave it out for a store without a limit: a commit of a megabyte is as much as the suite asks of it.
   */
  readonly largestCommitBytes?: number;
  /** The same of a state: one of so many bytes is kept, one of twice as many is not. Leave it out where there is no limit. */
  readonly largestStateBytes?: number;
}

/**
 * Describes, as tests, the contract that every {@link EventStore} keeps. The checks are made with `node:assert`, so any
 * test runner will do. The suite writes about 30 MB, and scans the store about 100 times: give it one that is small.
 *
 * @example
 * ```ts
 * import { describe, it } from 'vitest';
 *
 * describeEventStore({ describe, it }, { name: 'InMemoryEventStore', create: async () => ({ store: new InMemoryEventStore() }) });
 * ```
 */
export function describeEventStore({ describe, it }: TestRunner, subject: EventStoreSubject): void {
  const passTime = async (milliseconds: number) =>
    subject.passTime ? subject.passTime(milliseconds) : systemClock.sleep(milliseconds);

  describe(`${subject.name} keeps the contract of an event store`, () => {
    for (const [title, chapter] of Object.entries(chaptersFor(subject))) {
      describe(title, () => {
        for (const [promise, check] of Object.entries(chapter)) {
          it(promise, async () => {
            const { store, close } = await subject.create();
            try {
              await check({
                store,
                newStream: () => `contract-${systemIds()}`,
                newCategory: () => `contract${systemIds()}`,
                passTime,
              });
            } finally {
              await close?.();
            }
          });
        }
      });
    }
  });
}

function chaptersFor(subject: EventStoreSubject): Record<string, Chapter> {
  const { largestCommitBytes } = subject;
  return {
    appending,
    conflicts,
    reading,
    'reading a part of a stream': readingParts,
    loading,
    snapshots: snapshotChapter,
    'saving a snapshot': savingSnapshots,
    'a snapshot that is not kept': skippingSnapshots(subject),
    transactions,
    checks,
    claims,
    'the time of a claim': claimTimes,
    deleting,
    scanning,
    'listing streams': listingStreams,
    concurrency,
    'JSON data': jsonData,
    'large commits': largeCommits(largestCommitBytes),
    ...(largestCommitBytes === undefined ? {} : { 'commits that are too large': tooLargeCommits(largestCommitBytes) }),
  };
}
