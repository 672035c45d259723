import { beforeEach, describe, expect, test } from 'vitest';
import { account } from './account.test.fixture.js';
import { defineAggregate } from './aggregate.js';
import { StateCache } from './cache.js';
import { InMemoryEventStore } from './in-memory-store.js';
import { createRepository } from './repository.js';
import { noting } from './stores.test.fixture.js';

let store: InMemoryEventStore;
let methods: () => string[];
beforeEach(() => {
  ({ store, methods } = noting(new InMemoryEventStore()));
});

describe('a cache', () => {
  test('keeps so many states, and lets the least recently used one go', async () => {
    const cache = new StateCache({ maxEntries: 2 });
    const repository = createRepository(account, { store, cache });
    for (const id of ['a', 'b']) await repository.execute(id, 'deposit', { cents: 1 });
    await repository.load('a');
    await repository.execute('c', 'deposit', { cents: 1 });
    expect(cache.size).toBe(2);
    methods();

    for (const id of ['a', 'c', 'b']) {
      await repository.execute(id, 'deposit', { cents: 1 }, { allowStale: true });
    }

    expect(methods()).toEqual(['append', 'append', 'load', 'append']);
    expect(cache.size).toBe(2);
  });

  test('keeps nothing of what does not exist', async () => {
    const cache = new StateCache({ maxEntries: 2 });

    await createRepository(account, { store, cache }).load('nobody');

    expect(cache.size).toBe(0);
  });

  test('does not let an earlier state replace a later one, as of a load that took longer', async () => {
    const states = new StateCache({ maxEntries: 2 }).openFor(account, store);
    const repository = createRepository(account, { store });
    const [first, second] = [
      await repository.execute('1', 'deposit', { cents: 1 }),
      await repository.execute('1', 'deposit', { cents: 1 }),
    ].map(({ state, position }) => ({ state, position, snapshotAt: 0 }));

    for (const known of [second, first]) if (known) states.keep(known);

    expect(states.get('account-1')).toBe(second);
  });

  test('can be emptied', async () => {
    const cache = new StateCache({ maxEntries: 2 });
    await createRepository(account, { store, cache }).execute('1', 'deposit', { cents: 1 });

    cache.clear();

    expect(cache.size).toBe(0);
  });

  test('is for one repository: the same aggregate in the same store', () => {
    const cache = new StateCache({ maxEntries: 2 });
    createRepository(account, { store, cache });
    const refused = expect.objectContaining({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('cache for each repository'),
    });

    expect(() => createRepository(account, { store: new InMemoryEventStore(), cache })).toThrow(refused);
    expect(() => createRepository(defineAggregate({ ...account }), { store, cache })).toThrow(refused);
    expect(() => createRepository(account, { store, cache })).not.toThrow();
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d entries', (maxEntries) => {
    expect(() => new StateCache({ maxEntries })).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: `maxEntries is ${maxEntries}; give a whole number from 1.`,
      }),
    );
  });
});
