import { beforeEach, describe, expect, test } from 'vitest';
import { account, metadata } from './account.test.fixture.js';
import { defineAggregate } from './aggregate.js';
import { InMemoryEventStore } from './in-memory-store.js';
import { type AsOf, loadAsOf } from './load-as-of.js';
import { createRepository } from './repository.js';
import { noting } from './stores.test.fixture.js';

let now: number;
let store: InMemoryEventStore;
beforeEach(() => {
  now = Date.parse('2026-01-01T00:00:00Z');
  store = new InMemoryEventStore({ clock: { now: () => now, sleep: async () => undefined } });
});

const hour = 3_600_000;
const kept = defineAggregate({ ...account, snapshot: { every: 3, schema: '1' } });
const accounts = () => createRepository(kept, { store });
const asOf = (past: AsOf, id = '1') => loadAsOf(kept, store, id, past);

/** Two events an hour: 1 and 2 at 0:00, 3 and 4 at 1:00 with a snapshot, 5 and 6 at 2:00. */
async function threeHours() {
  const repository = accounts();
  for (let time = 0; time < 3; time++, now += hour) await repository.execute('1', 'depositTwice', 10 ** time);
  return repository;
}

describe('loadAsOf a version', () => {
  test.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 12],
    [4, 22],
    [5, 122],
    [6, 222],
  ])('%d folds the events up to it, in the middle of a commit and around a snapshot', async (version, balance) => {
    await threeHours();

    expect(await asOf({ version })).toStrictEqual({ state: { balance }, version });
  });

  test('refuses one that the aggregate has not come to', async () => {
    await threeHours();

    await expect(asOf({ version: 7 })).rejects.toMatchObject({
      code: 'VERSION_NOT_FOUND',
      stream: 'account-1',
      version: 7,
      last: 6,
      message: 'Stream "account-1" has no version 7: it ends at 6. Ask for a version up to that.',
    });
    await expect(asOf({ version: 1 }, '2')).rejects.toMatchObject({
      code: 'VERSION_NOT_FOUND',
      last: 0,
    });
  });

  test.each([-1, 1.5, Number.NaN])('refuses %d', async (version) => {
    await expect(asOf({ version })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('loadAsOf', () => {
  test('begins with the newest snapshot that is not too new, for one request', async () => {
    await threeHours();
    const { store: noted, calls } = noting(store);

    await loadAsOf(kept, noted, '1', { version: 5 });

    const snapshots = { schema: '1', every: 3 };
    expect(calls).toEqual([{ method: 'load', args: ['account-1', { upTo: 5, snapshots }] }]);
  });
});

describe('loadAsOf a time', () => {
  test.each([
    ['2025-12-31T23:59:59.999Z', 0, 0],
    ['2026-01-01T00:00:00.000Z', 2, 2],
    ['2026-01-01T00:59:59.999Z', 2, 2],
    ['2026-01-01T01:00:00.000Z', 22, 4],
    ['2026-01-01T09:00:00.000Z', 222, 6],
  ])('%s folds what was recorded by then', async (time, balance, version) => {
    await threeHours();

    expect(await asOf({ time: new Date(time) })).toStrictEqual({ state: { balance }, version });
  });

  test('refuses a time that is none', async () => {
    await expect(asOf({ time: new Date('soon') })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'The time to load "account-1" as of is an invalid Date. Give one that exists.',
    });
  });
});

describe('loadAsOf of a deleted aggregate', () => {
  test('gives what it was before, and refuses what it is now', async () => {
    const repository = await threeHours();
    await store.delete((await repository.load('1')).position, metadata);

    expect(await asOf({ version: 5 })).toEqual({ state: { balance: 122 }, version: 5 });
    expect(await asOf({ time: new Date(now - 1) })).toEqual({
      state: { balance: 222 },
      version: 6,
    });
    const deleted = { code: 'STREAM_DELETED', version: 7 };
    await expect(asOf({ version: 7 })).rejects.toMatchObject(deleted);
    await expect(asOf({ time: new Date(now) })).rejects.toMatchObject(deleted);
  });
});
