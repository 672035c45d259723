import { beforeEach, describe, expect, test } from 'vitest';
import { account, metadata } from './account.test.fixture.js';
import { defineAggregate } from './aggregate.js';
import { StateCache } from './cache.js';
import { UnavailableError } from './errors.js';
import { InMemoryEventStore } from './in-memory-store.js';
import { createRepository, type RepositoryOptions } from './repository.js';
import { type Call, noting, overriding } from './stores.test.fixture.js';

const clock = { now: () => 0, sleep: async () => undefined };
const stale = { allowStale: true };

let inner: InMemoryEventStore;
let store: InMemoryEventStore;
let calls: Call[];
let methods: () => string[];
let cache: StateCache;
beforeEach(() => {
  inner = new InMemoryEventStore();
  ({ store, calls, methods } = noting(inner));
  cache = new StateCache({ maxEntries: 100 });
});

const cached = (options: Partial<RepositoryOptions> = {}) =>
  createRepository(account, { store, cache, clock, ...options });
/** Somebody else, in another process. */
const other = () => createRepository(account, { store: inner });

describe('a repository with a cache', () => {
  test('reads only what is newer than what it knows', async () => {
    const { position } = await cached().execute('1', 'deposit', { cents: 1 });
    await other().execute('1', 'deposit', { cents: 2 });
    calls.length = 0;

    const loaded = await cached().load('1');

    expect(loaded).toEqual(await other().load('1'));
    expect(calls).toEqual([{ method: 'load', args: ['account-1', { after: position }] }]);
  });

  test('remembers what it loaded', async () => {
    await other().execute('1', 'deposit', { cents: 1 });
    const { position } = await cached().load('1');
    calls.length = 0;

    expect((await cached().load('1')).state).toEqual({ balance: 1 });

    expect(calls[0]?.args[1]).toEqual({ after: position });
  });

  test('takes a newer snapshot that the store answers with', async () => {
    const kept = defineAggregate({ ...account, snapshot: { every: 2, schema: '1' } });
    const repository = createRepository(kept, { store, cache });
    await repository.execute('1', 'deposit', { cents: 1 });
    for (const cents of [2, 3, 4]) await createRepository(kept, { store: inner }).execute('1', 'deposit', { cents });

    expect(await repository.load('1')).toMatchObject({ state: { balance: 10 }, version: 4 });
  });

  test('remembers where the last snapshot was, be it loaded or attached', async () => {
    const kept = defineAggregate({ ...account, snapshot: { every: 3, schema: '1' } });
    const somebody = createRepository(kept, { store: inner });
    for (const cents of [1, 1, 1, 1]) await somebody.execute('1', 'deposit', { cents });
    const repository = createRepository(kept, { store, cache });
    await repository.load('1');
    calls.length = 0;

    for (let time = 5; time <= 9; time++) await repository.execute('1', 'deposit', { cents: 1 });

    const appends = calls.filter(({ method }) => method === 'append');
    expect(appends.map(({ args }) => 'snapshot' in Object(args[0]))).toEqual([false, true, false, false, true]);
  });

  test('finds out that the aggregate was deleted, and forgets it', async () => {
    const { position } = await cached().execute('1', 'deposit', { cents: 1 });
    await inner.delete(position, metadata);

    await expect(cached().load('1')).rejects.toMatchObject({ code: 'STREAM_DELETED', version: 2 });

    expect(cache.size).toBe(0);
  });
});

describe('allowStale', () => {
  test('decides on the cached state, and writes without reading', async () => {
    await cached().execute('1', 'deposit', { cents: 5 });
    methods();

    const executed = await cached().execute('1', 'withdraw', 2, stale);

    expect(executed).toMatchObject({ state: { balance: 3 }, version: 2 });
    expect(methods()).toEqual(['append']);
  });

  test('reads when nothing is cached, or there is no cache', async () => {
    await cached().execute('1', 'deposit', { cents: 5 }, stale);
    await createRepository(account, { store }).execute('1', 'deposit', { cents: 5 }, stale);

    expect(methods()).toEqual(['load', 'append', 'load', 'append']);
  });

  test('reads by default', async () => {
    await cached().execute('1', 'deposit', { cents: 5 });
    await cached().execute('1', 'deposit', { cents: 5 });

    expect(methods()).toEqual(['load', 'append', 'load', 'append']);
  });

  test('has a conflict answered by reading', async () => {
    await cached().execute('1', 'deposit', { cents: 5 });
    await other().execute('1', 'deposit', { cents: 5 });
    methods();

    const executed = await cached().execute('1', 'deposit', { cents: 5 }, stale);

    expect(executed).toMatchObject({ state: { balance: 15 }, version: 3 });
    expect(methods()).toEqual(['append', 'load', 'append']);
  });

  test('does not reject a command for what is no longer so', async () => {
    await cached().execute('1', 'deposit', { cents: 1 });
    await other().execute('1', 'deposit', { cents: 9 });
    methods();

    expect((await cached().execute('1', 'withdraw', 10, stale)).state).toEqual({ balance: 0 });
    expect(methods()).toEqual(['load', 'append']);

    await expect(cached().execute('1', 'withdraw', 10, stale)).rejects.toMatchObject({ reason: 'OVERDRAWN' });
  });

  test('does not say that there is nothing to do, or what the state is, without reading', async () => {
    await cached().execute('1', 'deposit', { cents: 1 });
    await other().execute('1', 'deposit', { cents: 9 });

    expect(await cached().execute('1', 'ignore', undefined, stale)).toMatchObject({
      state: { balance: 10 },
      events: [],
    });
  });

  test('compares the expected version with the cached one', async () => {
    await cached().execute('1', 'deposit', { cents: 1 });
    methods();

    await cached().execute('1', 'deposit', { cents: 1 }, { ...stale, expectedVersion: 1 });

    expect(methods()).toEqual(['append']);
  });

  test('compares each of several expected versions with the cached one', async () => {
    await cached().execute('1', 'deposit', { cents: 1 });
    methods();

    await cached().execute('1', 'deposit', { cents: 1 }, { ...stale, expectedVersion: [1, 7] });

    expect(methods()).toEqual(['append']);
  });

  test('reads before it says that the version is another one', async () => {
    await cached().execute('1', 'deposit', { cents: 1 });
    await other().execute('1', 'deposit', { cents: 9 });
    methods();

    expect(await cached().execute('1', 'deposit', { cents: 1 }, { ...stale, expectedVersion: 2 })).toMatchObject({
      version: 3,
    });
    expect(methods()).toEqual(['load', 'append']);

    const executing = cached().execute('1', 'deposit', { cents: 1 }, { ...stale, expectedVersion: 2 });
    await expect(executing).rejects.toMatchObject({ code: 'VERSION_MISMATCH', expected: 2, actual: 3 });
    expect(methods()).toEqual(['load']);
  });

  test('finds out that the expected version was overtaken', async () => {
    await cached().execute('1', 'deposit', { cents: 1 });
    await other().execute('1', 'deposit', { cents: 9 });

    const executing = cached().execute('1', 'deposit', { cents: 1 }, { ...stale, expectedVersion: 1 });

    await expect(executing).rejects.toMatchObject({ code: 'VERSION_MISMATCH', expected: 1, actual: 2 });
  });

  test('finds out that the aggregate was deleted, and forgets it', async () => {
    const { position } = await cached().execute('1', 'deposit', { cents: 1 });
    await inner.delete(position, metadata);

    await expect(cached().execute('1', 'deposit', { cents: 1 }, stale)).rejects.toMatchObject({
      code: 'STREAM_DELETED',
    });

    expect(cache.size).toBe(0);
  });
});

describe('an append of which nobody knows whether it happened', () => {
  test.each([true, false])('leaves a cached state that reading goes on from, with it: %s', async (happened) => {
    let failing = false;
    const flaky = overriding(inner, {
      append: async (append) => {
        if (!failing) return inner.append(append);
        failing = false;
        if (happened) await inner.append(append);
        throw new UnavailableError('nobody answered');
      },
    });
    const repository = cached({ store: flaky });
    await repository.execute('1', 'deposit', { cents: 5 });
    failing = true;

    await expect(repository.execute('1', 'deposit', { cents: 7 }, stale)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });

    expect(await repository.load('1')).toEqual(await other().load('1'));
    expect((await repository.execute('1', 'deposit', { cents: 1 }, stale)).state).toEqual({
      balance: happened ? 13 : 6,
    });
  });
});
