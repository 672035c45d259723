import { describe, expect, test } from 'vitest';
import { brokenOf, promisesTo, subjectOf } from '../broken-promises.test.fixture.js';
import type { BrokenStore, BrokenStores } from './broken-store.test.fixture.js';
import { brokenChecks } from './checks.test.fixture.js';
import { brokenClaims, brokenClaimTimes } from './claims.test.fixture.js';
import { brokenConflicts } from './conflicts.test.fixture.js';
import { brokenDeleting } from './deleting.test.fixture.js';
import { brokenLargeCommits } from './large-commits.test.fixture.js';
import { brokenLoading } from './loading.test.fixture.js';
import { brokenReading } from './reading.test.fixture.js';
import { brokenSaving } from './saving.test.fixture.js';
import { brokenListing, brokenScanning } from './scanning.test.fixture.js';
import { brokenSnapshots } from './snapshots.test.fixture.js';

/** By the chapters of the contract that they are about. */
const brokenStores: readonly (readonly [string, BrokenStores])[] = [
  ['conflicts', brokenConflicts],
  ['reading a part of a stream', brokenReading],
  ['loading', brokenLoading],
  ['snapshots', brokenSnapshots],
  ['saving a snapshot, a snapshot that is not kept', brokenSaving],
  ['checks', brokenChecks],
  ['claims', brokenClaims],
  ['the time of a claim', brokenClaimTimes],
  ['deleting', brokenDeleting],
  ['scanning', brokenScanning],
  ['listing streams', brokenListing],
  ['large commits, commits that are too large', brokenLargeCommits],
];

describe.each(brokenStores)('of the contract, %s', (title, stores) => {
  const chapters = title.split(', ');
  const promisesOf = (store: BrokenStore) =>
    promisesTo(subjectOf(store)).filter(({ chapter }) => chapters.includes(chapter));
  const rows = Object.entries(stores).flatMap(([promise, breaking]) =>
    Object.entries(breaking).map(([flaw, store]) => [promise, flaw, store] as const),
  );
  const everBroken = new Set<string>();

  test.each(rows)('"%s" is broken by a store that %s', async (promise, _flaw, store) => {
    const broken = await brokenOf(promisesOf(store));

    for (const each of broken) everBroken.add(each);
    expect(broken).toContain(promise);
  });

  test('holds no promise that none of these stores breaks', () => {
    const [[, , store] = expect.unreachable('there are stores')] = rows;

    const promises = promisesOf({ create: store.create, subject: { largestStateBytes: 1_000 } });

    expect(promises.map(({ promise }) => promise).filter((promise) => !everBroken.has(promise))).toEqual([]);
  });
});
