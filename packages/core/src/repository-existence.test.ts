import { beforeEach, describe, expect, test } from 'vitest';
import { account, metadata } from './account.test.fixture.js';
import { InMemoryEventStore } from './in-memory-store.js';
import { createRepository } from './repository.js';

let store: InMemoryEventStore;
beforeEach(() => {
  store = new InMemoryEventStore();
});

const repository = () => createRepository(account, { store });

describe('mustExist', () => {
  test('refuses an aggregate without events', async () => {
    await expect(repository().load('1', { mustExist: true })).rejects.toMatchObject({
      code: 'STREAM_NOT_FOUND',
      stream: 'account-1',
    });
    expect((await repository().load('1', { mustExist: false })).version).toBe(0);
  });

  test('lets one with events pass', async () => {
    await repository().execute('1', 'deposit', { cents: 5 });

    expect((await repository().load('1', { mustExist: true })).state).toEqual({ balance: 5 });
  });
});

describe('a deleted aggregate', () => {
  beforeEach(async () => {
    const { position } = await repository().execute('1', 'depositTwice', 5);
    await store.delete(position, metadata);
  });

  test.each([
    ['load', () => repository().load('1')],
    ['load with mustExist', () => repository().load('1', { mustExist: true })],
    ['execute', () => repository().execute('1', 'deposit', { cents: 5 })],
    ['execute at its version', () => repository().execute('1', 'deposit', { cents: 5 }, { expectedVersion: 3 })],
    ['execute of what does nothing', () => repository().execute('1', 'ignore')],
    ['decide', () => repository().decide('1', 'withdraw', 5)],
  ])('is refused by %s', async (_, using) => {
    await expect(using()).rejects.toMatchObject({ code: 'STREAM_DELETED', stream: 'account-1', version: 3 });
    expect([...store.commits()]).toHaveLength(2);
  });
});
