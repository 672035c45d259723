import { beforeEach, describe, expect, test } from 'vitest';
import { account, metadata } from './account.test.fixture.js';
import { defineAggregate } from './aggregate.js';
import { StateCache } from './cache.js';
import { createDecider } from './decider.js';
import { InMemoryEventStore } from './in-memory-store.js';
import { createRepository } from './repository.js';
import { noting } from './stores.test.fixture.js';

let store: InMemoryEventStore;
let methods: () => string[];
beforeEach(() => {
  ({ store, methods } = noting(new InMemoryEventStore()));
});

const deposit = (id: string, cents: number) => createRepository(account, { store }).execute(id, 'deposit', { cents });

describe('a decider', () => {
  test('decides on what it loads, and writes nothing', async () => {
    await deposit('1', 5);
    methods();

    const decision = await createDecider(account, { store }).decide('1', 'depositTwice', 10);

    expect(methods()).toEqual(['load']);
    expect(decision).toMatchObject({ after: { stream: 'account-1', version: 1 }, events: [{}, {}] });
    if (decision) await store.append({ ...decision, metadata });
    expect(await createDecider(account, { store }).load('1')).toMatchObject({ state: { balance: 25 }, version: 3 });
  });

  test('makes no decision where there is nothing to do', async () => {
    expect(await createDecider(account, { store }).decide('1', 'ignore')).toBeUndefined();
  });

  test('brings the snapshot that is due', async () => {
    const kept = defineAggregate({ ...account, snapshot: { every: 2, schema: '1' } });

    const decision = await createDecider(kept, { store }).decide('1', 'depositTwice', 10);

    expect(decision?.snapshot).toEqual({ schema: '1', state: { balance: 20 } });
  });

  test('needs no more of a store than what loads', async () => {
    await deposit('1', 5);
    const decider = createDecider(account, { store: { load: (stream, query) => store.load(stream, query) } });

    expect((await decider.load('1')).version).toBe(1);
    await expect(decider.load('2', { mustExist: true })).rejects.toMatchObject({
      code: 'STREAM_NOT_FOUND',
      stream: 'account-2',
    });
  });

  test('reads on from what a cache keeps, and forgets there what was deleted', async () => {
    const cache = new StateCache({ maxEntries: 2 });
    const decider = createDecider(account, { store, cache });
    const { position } = await deposit('1', 5);
    await decider.load('1');
    expect(cache.size).toBe(1);

    await store.delete(position, metadata);

    await expect(decider.decide('1', 'depositTwice', 10)).rejects.toMatchObject({ code: 'STREAM_DELETED' });
    expect(cache.size).toBe(0);
  });

  test('shares a cache with the repository of the same aggregate and store, and with no other', async () => {
    const cache = new StateCache({ maxEntries: 2 });
    createRepository(account, { store, cache });

    expect(() => createDecider(account, { store, cache })).not.toThrow();
    expect(() => createDecider(account, { store: new InMemoryEventStore(), cache })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('another repository') }),
    );
  });
});
