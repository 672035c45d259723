import type { SnapshotSkipped } from '../commit.js';
import type { Clock } from '../ports.js';
import type { BrokenStore } from './broken-stores/broken-store.test.fixture.js';
import { describeEventStore, type EventStoreSubject, type TestRunner } from './event-store-contract.js';

/** A promise of the suite, with the check that holds a store to it. */
interface Promised {
  readonly chapter: string;
  readonly promise: string;
  readonly check: () => Promise<void>;
}

/** All promises that the suite holds a subject to. */
export function promisesTo(subject: EventStoreSubject): Promised[] {
  const promised: Promised[] = [];
  let chapter = '';
  const noting: TestRunner = {
    describe: (name, body) => {
      chapter = name;
      body();
    },
    it: (promise, check) => promised.push({ chapter, promise, check }),
  };
  describeEventStore(noting, subject);
  return promised;
}

/** A subject on a clock that need not be waited for. */
export function subjectOf({ create, subject }: BrokenStore): EventStoreSubject {
  const skipped: SnapshotSkipped[] = [];
  let now = Date.UTC(2026, 0, 2, 3, 4, 5, 0);
  const clock: Clock = { now: () => now, sleep: async () => {} };
  return {
    name: 'the store',
    create: async () => ({ store: create({ clock, onSnapshotSkipped: (snapshot) => skipped.push(snapshot) }) }),
    passTime: (milliseconds) => {
      now += milliseconds;
    },
    skippedSnapshots: () => skipped,
    largestCommitBytes: 50_000,
    ...subject,
  };
}

/** Which of the promises a store breaks. */
export async function brokenOf(promised: readonly Promised[]): Promise<string[]> {
  const broken: string[] = [];
  for (const { promise, check } of promised) await check().catch(() => broken.push(promise));
  return broken;
}
