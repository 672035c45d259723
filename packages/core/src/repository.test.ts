import { beforeEach, describe, expect, test } from 'vitest';
import { account, deposited, metadata } from './account.test.fixture.js';
import { endOf, startOf } from './commit.js';
import { InMemoryEventStore } from './in-memory-store.js';
import { createRepository, type RepositoryOptions } from './repository.js';
import { overriding } from './stores.test.fixture.js';

let store: InMemoryEventStore;
beforeEach(() => {
  store = new InMemoryEventStore();
});

function repository(options: Partial<RepositoryOptions> = {}) {
  return createRepository(account, { store, ids: () => 'made-up', ...options });
}

describe('load', () => {
  test('gives the initial state at version 0 of what does not exist', async () => {
    expect(await repository().load('1')).toEqual({ state: { balance: 0 }, version: 0, position: startOf('account-1') });
  });

  test('folds all events', async () => {
    const first = await store.append({ after: startOf('account-1'), events: [deposited(5), deposited(2)], metadata });
    const second = await store.append({
      after: endOf(first),
      events: [{ type: 'Withdrawn', data: { cents: 3 } }],
      metadata,
    });

    expect(await repository().load('1')).toEqual({ state: { balance: 4 }, version: 3, position: endOf(second) });
  });

  test('refuses an event that the aggregate does not define', async () => {
    await store.append({ after: startOf('account-1'), events: [{ type: 'Frozen', data: {} }], metadata });

    await expect(repository().load('1')).rejects.toMatchObject({
      code: 'UNKNOWN_EVENT',
      stream: 'account-1',
      type: 'Frozen',
    });
  });

  test('passes over the events of Everfold itself, and counts their versions', async () => {
    const events = [{ type: '$Started', data: {} }, deposited(5), { type: '$Ended', data: {} }];
    await store.append({ after: startOf('account-1'), events, metadata });

    expect(await repository().load('1')).toMatchObject({ state: { balance: 5 }, version: 3 });
  });

  test('refuses what a store gives with a gap', async () => {
    const first = await store.append({ after: startOf('account-1'), events: [deposited(1)], metadata });
    await store.append({ after: endOf(first), events: [deposited(2)], metadata });
    const gapped = overriding(store, {
      load: async (stream) => ({ commits: (await store.load(stream)).commits.slice(1) }),
    });

    await expect(repository({ store: gapped }).load('1')).rejects.toMatchObject({
      code: 'STREAM_CORRUPTED',
      stream: 'account-1',
      version: 1,
    });
  });

  test('refuses an id that cannot be part of a stream name', async () => {
    await expect(repository().load('')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('execute', () => {
  test('records what the command decides, and gives the new state', async () => {
    await repository().execute('1', 'deposit', { cents: 5 });

    const executed = await repository().execute('1', 'depositTwice', 2);

    expect(executed).toMatchObject({
      state: { balance: 9 },
      version: 3,
      position: { stream: 'account-1', version: 3 },
    });
    expect(executed.events).toMatchObject([
      { ...deposited(2), stream: 'account-1', version: 2 },
      { ...deposited(2), stream: 'account-1', version: 3 },
    ]);
    expect([...store.commits()].map((commit) => commit.events)).toEqual([[deposited(5)], [deposited(2), deposited(2)]]);
  });

  test('gives the state that a load would give', async () => {
    const executed = await repository().execute('1', 'deposit', { cents: 5 });

    const { events, ...rest } = executed;
    expect(rest).toStrictEqual(await repository().load('1'));
    expect(events[0]?.data).toStrictEqual({ cents: 5 });
  });

  test('carries the metadata to the events, and makes up what is left out', async () => {
    const executed = await repository().execute(
      '1',
      'deposit',
      { cents: 5 },
      { metadata: { actor: 'ada', channel: 'web' } },
    );

    expect(executed.events[0]?.metadata).toEqual({
      correlationId: 'made-up',
      causationId: 'made-up',
      actor: 'ada',
      channel: 'web',
    });
  });

  test('appends nothing when the command decides nothing', async () => {
    await repository().execute('1', 'deposit', { cents: 5 });

    const executed = await repository().execute('1', 'ignore', undefined);

    expect(executed).toEqual({ ...(await repository().load('1')), events: [] });
    expect([...store.commits()]).toHaveLength(1);
  });

  test('passes on a rejection, and appends nothing', async () => {
    await expect(repository().execute('1', 'withdraw', 1)).rejects.toMatchObject({
      code: 'REJECTED',
      reason: 'OVERDRAWN',
    });

    expect([...store.commits()]).toEqual([]);
  });

  test('refuses an event that fails its schema, says where, and appends nothing', async () => {
    await expect(repository().execute('1', 'deposit', { cents: -1 })).rejects.toMatchObject({
      code: 'INVALID_EVENT',
      type: 'Deposited',
      problems: [{ path: 'cents' }],
    });

    expect([...store.commits()]).toEqual([]);
  });

  test.each(['freeze', 'toString', '__proto__'])(
    'refuses the command "%s", which the aggregate does not have',
    async (command) => {
      await expect(repository().execute('1', command as 'ignore', undefined)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('deposit, depositTwice, withdraw, ignore'),
      });
    },
  );
});

describe('expectedVersion', () => {
  test('lets the command pass at that version', async () => {
    await repository().execute('1', 'deposit', { cents: 5 }, { expectedVersion: 0 });

    const executed = await repository().execute('1', 'deposit', { cents: 5 }, { expectedVersion: 1 });

    expect(executed.version).toBe(2);
  });

  test.each([0, 1, 3, 2.5, Number.NaN])('refuses %d when the aggregate is at 2', async (expectedVersion) => {
    await repository().execute('1', 'depositTwice', 5);

    await expect(repository().execute('1', 'ignore', undefined, { expectedVersion })).rejects.toMatchObject({
      code: 'VERSION_MISMATCH',
      stream: 'account-1',
      expected: expectedVersion,
      actual: 2,
    });
  });
});

describe('several expected versions', () => {
  test('let the command pass at any of them, and not at another', async () => {
    await repository().execute('1', 'depositTwice', 5);

    const executed = await repository().execute('1', 'deposit', { cents: 5 }, { expectedVersion: [1, 2] });

    expect(executed.version).toBe(3);
    await expect(repository().execute('1', 'deposit', { cents: 5 }, { expectedVersion: [1, 2] })).rejects.toMatchObject(
      { code: 'VERSION_MISMATCH', expected: [1, 2], actual: 3 },
    );
  });

  test('let nothing pass when there are none', async () => {
    const executing = repository().execute('1', 'deposit', { cents: 5 }, { expectedVersion: [] });

    await expect(executing).rejects.toThrow('is at version 0, not at any as expected');
  });
});

describe('decide', () => {
  test('gives the decision for a transaction, and writes nothing', async () => {
    const first = await repository().execute('1', 'deposit', { cents: 5 });

    const decision = await repository().decide('1', 'withdraw', 2);

    expect(decision).toEqual({ after: first.position, events: [{ type: 'Withdrawn', data: { cents: 2 } }] });
    expect([...store.commits()]).toHaveLength(1);
  });

  test('gives nothing when there is nothing to do', async () => {
    expect(await repository().decide('1', 'ignore', undefined)).toBeUndefined();
  });

  test('passes on a rejection and an invalid event', async () => {
    await expect(repository().decide('1', 'withdraw', 2)).rejects.toMatchObject({ code: 'REJECTED' });
    await expect(repository().decide('1', 'deposit', { cents: 0 })).rejects.toMatchObject({ code: 'INVALID_EVENT' });
  });
});

describe('createRepository', () => {
  test.each([0, -1, 1.5, Number.NaN])('refuses %d attempts', (attempts) => {
    expect(() => repository({ attempts })).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: `attempts is ${attempts}; give a whole number from 1.`,
      }),
    );
  });
});
