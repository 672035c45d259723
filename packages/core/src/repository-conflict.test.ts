import { beforeEach, describe, expect, test } from 'vitest';
import { account, deposited, metadata } from './account.test.fixture.js';
import type { Append } from './commit.js';
import { ConflictError } from './errors.js';
import type { EventStore } from './event-store.js';
import type { NewEvent } from './events.js';
import { InMemoryEventStore } from './in-memory-store.js';
import { createRepository, type RepositoryOptions } from './repository.js';
import { overriding } from './stores.test.fixture.js';

let store: InMemoryEventStore;
let slept: number[];
beforeEach(() => {
  store = new InMemoryEventStore();
  slept = [];
});

const clock = {
  now: () => 0,
  sleep: async (milliseconds: number) => {
    slept.push(milliseconds);
  },
};

/** A store on which the first appends lose against somebody else's: by default, one who deposits 100 cents. */
function losing(times: number, somebodyElses: NewEvent = deposited(100)): EventStore {
  let lost = 0;
  return overriding(store, {
    append: async (append: Append) => {
      if (lost++ < times) await store.append({ ...append, events: [somebodyElses], metadata });
      return store.append(append);
    },
  });
}

function repository(options: Partial<RepositoryOptions> = {}) {
  return createRepository(account, { store, clock, random: () => 0.5, ...options });
}

describe('a conflict', () => {
  test('is answered by deciding anew on what the stream holds now', async () => {
    const executed = await repository({ store: losing(2) }).execute('1', 'deposit', { cents: 5 });

    expect(executed).toMatchObject({ state: { balance: 205 }, version: 3 });
    expect(await repository().load('1')).toMatchObject({ state: { balance: 205 }, version: 3 });
  });

  test('ends in a rejection when what the stream holds now forbids the command', async () => {
    await repository().execute('1', 'deposit', { cents: 5 });
    const racing = repository({ store: losing(1, { type: 'Withdrawn', data: { cents: 5 } }) });

    await expect(racing.execute('1', 'withdraw', 5)).rejects.toMatchObject({ reason: 'OVERDRAWN' });

    expect(await repository().load('1')).toMatchObject({ state: { balance: 0 }, version: 2 });
  });

  test('waits a part of a bound that doubles, by chance', async () => {
    const chances = [0.5, 0.25, 1, 0];
    const random = () => chances.shift() ?? expect.unreachable('drawn too often');

    await repository({ store: losing(4), random }).execute('1', 'deposit', { cents: 5 });

    expect(slept).toEqual([5, 5, 40, 0]);
  });

  test('waits as long as it is told', async () => {
    const backoff = { firstMs: 100, longestMs: 150 };

    await repository({ store: losing(3), random: () => 1, backoff }).execute('1', 'deposit', { cents: 5 });

    expect(slept).toEqual([100, 150, 150]);
  });

  test('is passed on when every attempt is used up', async () => {
    const executing = repository({ store: losing(Number.POSITIVE_INFINITY), attempts: 3 }).execute('1', 'deposit', {
      cents: 5,
    });

    await expect(executing).rejects.toMatchObject({ code: 'CONFLICT', stream: 'account-1', expected: 2 });
    expect(slept).toHaveLength(2);
    expect((await repository().load('1')).state).toEqual({ balance: 300 });
  });

  test('is tried ten times when nobody says how often', async () => {
    const executing = repository({ store: losing(Number.POSITIVE_INFINITY) }).execute('1', 'deposit', { cents: 5 });

    await expect(executing).rejects.toBeInstanceOf(ConflictError);
    expect(slept).toEqual([5, 10, 20, 40, 80, 160, 320, 500, 500]);
  });

  test('is the only failure that is tried again', async () => {
    const failing = overriding(store, { append: () => Promise.reject(new Error('no network')) });

    await expect(repository({ store: failing }).execute('1', 'deposit', { cents: 5 })).rejects.toThrow('no network');
    expect(slept).toEqual([]);
  });

  test('is not decided anew at another version than the expected one', async () => {
    const racing = repository({ store: losing(1) });

    await expect(racing.execute('1', 'deposit', { cents: 5 }, { expectedVersion: 0 })).rejects.toMatchObject({
      code: 'VERSION_MISMATCH',
      actual: 1,
    });

    expect((await repository().load('1')).state).toEqual({ balance: 100 });
  });

  test('does not make a rejected command try again', async () => {
    await expect(repository().execute('1', 'withdraw', 1)).rejects.toMatchObject({ reason: 'OVERDRAWN' });

    expect(slept).toEqual([]);
  });
});
