import { beforeEach, describe, expect, test } from 'vitest';
import { account, deposited, metadata } from './account.test.fixture.js';
import { defineAggregate } from './aggregate.js';
import { endOf, startOf } from './commit.js';
import { InMemoryEventStore } from './in-memory-store.js';
import { createRepository } from './repository.js';
import { resnapshot } from './resnapshot.js';
import { noting, overriding } from './stores.test.fixture.js';
import { idOf } from './stream.js';

let store: InMemoryEventStore;
let methods: () => string[];
beforeEach(() => {
  ({ store, methods } = noting(new InMemoryEventStore()));
});

const clock = { now: () => 0, sleep: async () => undefined };
const none = { saved: 0, upToDate: 0, deleted: 0, empty: [], skipped: [] };
const kept = defineAggregate({ ...account, snapshot: { every: 3, schema: '1' } });
const plain = () => createRepository(account, { store });
const accounts = () => createRepository(kept, { store });
const fresh = (ids: Parameters<typeof resnapshot>[2], of = store) =>
  resnapshot(kept, of, ids, { clock, random: () => 0 });

const snapshotOf = async (schema = '1') =>
  (await store.load('account-1', { snapshots: { schema, every: 3 } })).snapshot;

describe('resnapshot', () => {
  test('gives a snapshot to a stream that has none, on its last commit', async () => {
    for (const cents of [1, 2, 3]) await plain().execute('1', 'deposit', { cents });
    methods();

    expect(await fresh(['1'])).toEqual({ ...none, saved: 1 });

    expect(methods()).toEqual(['load', 'saveSnapshot']);
    expect(await snapshotOf()).toMatchObject({ state: { balance: 6 }, position: { version: 3 } });
  });

  test('leaves a fresh one as it is, for one request', async () => {
    await accounts().execute('1', 'depositTwice', 1);
    await accounts().execute('1', 'depositTwice', 1);
    methods();

    expect(await fresh(['1', '1'])).toEqual({ ...none, upToDate: 2 });

    expect(methods()).toEqual(['load', 'load']);
  });

  test('folds from the events alone, whatever an older snapshot says', async () => {
    const wrong = { schema: '1', state: { balance: 700 } };
    const first = await store.append({
      after: startOf('account-1'),
      events: [deposited(5)],
      metadata,
      snapshot: wrong,
    });
    await store.append({ after: endOf(first), events: [deposited(6)], metadata });
    methods();

    expect(await fresh(['1'])).toEqual({ ...none, saved: 1 });

    expect(methods()).toEqual(['load', 'load', 'saveSnapshot']);
    expect(await snapshotOf()).toMatchObject({ state: { balance: 11 }, position: { version: 2 } });
  });

  test('replaces one of another schema', async () => {
    const old = { schema: '0', state: { cents: 5 } };
    await store.append({ after: startOf('account-1'), events: [deposited(5)], metadata, snapshot: old });

    expect(await fresh(['1'])).toEqual({ ...none, saved: 1 });

    expect(await snapshotOf()).toMatchObject({ state: { balance: 5 } });
    expect(await snapshotOf('0')).toBeUndefined();
  });

  test('takes the ids of a store, and tells what became of them', async () => {
    for (const id of ['a', 'b', 'c']) await plain().execute(id, 'deposit', { cents: 1 });
    await store.delete((await plain().load('b')).position, metadata);
    async function* ids() {
      for await (const stream of store.streams('account')) yield idOf(stream);
      yield 'd';
    }

    expect(await fresh(ids())).toEqual({ ...none, saved: 2, deleted: 1, empty: ['d'] });
  });

  test('names those whose state the store does not carry', async () => {
    await plain().execute('1', 'deposit', { cents: 1 });
    const small = overriding(store, { saveSnapshot: async () => false });

    expect(await fresh(['1'], small)).toEqual({ ...none, skipped: ['1'] });
  });

  test('reads anew when somebody appended in between', async () => {
    await plain().execute('1', 'deposit', { cents: 1 });
    let raced = false;
    const racing = overriding(store, {
      saveSnapshot: async (position, snapshot) => {
        if (!raced) await plain().execute('1', 'deposit', { cents: 2 });
        raced = true;
        return store.saveSnapshot(position, snapshot);
      },
    });

    expect(await fresh(['1'], racing)).toEqual({ ...none, saved: 1 });

    expect(await snapshotOf()).toMatchObject({ state: { balance: 3 }, position: { version: 2 } });
  });

  test('refuses an aggregate that takes no snapshots', async () => {
    await expect(resnapshot(account, store, [])).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'Aggregate "account" takes no snapshots. Define its snapshot: { every, schema }.',
    });
  });
});
