import { beforeEach, describe, expect, test } from 'vitest';
import { account } from '../account.test.fixture.js';
import { defineAggregate } from '../aggregate.js';
import { isEverfoldError } from '../errors.js';
import { InMemoryEventStore } from '../in-memory-store.js';
import { createRepository } from '../repository.js';
import { decideTogether } from './decide-together.js';
import type { UnitOfWork } from './unit-of-work.js';

let store: InMemoryEventStore;
beforeEach(() => {
  store = new InMemoryEventStore();
});

const accounts = () => createRepository(account, { store });
const together = <TResult>(decide: (unit: UnitOfWork) => Promise<TResult>) => decideTogether({ store }, decide);

describe('an expected version', () => {
  test('is compared with what the unit knows, its own events counted', async () => {
    await accounts().execute('a', 'deposit', { cents: 1 });

    await together(async (unit) => {
      await unit.execute(account, 'a', 'depositTwice', 1, { expectedVersion: 1 });
      await unit.execute(account, 'a', 'deposit', { cents: 1 }, { expectedVersion: 3 });
    });

    expect((await accounts().load('a')).version).toBe(4);
  });

  test('refuses a command at another version, and so does mustExist', async () => {
    await expect(
      together((unit) => unit.execute(account, 'a', 'ignore', undefined, { expectedVersion: 1 })),
    ).rejects.toMatchObject({ code: 'VERSION_MISMATCH', stream: 'account-a', expected: 1, actual: 0 });
    await expect(together((unit) => unit.load(account, 'a', { mustExist: true }))).rejects.toMatchObject({
      code: 'STREAM_NOT_FOUND',
    });
  });
});

describe('a unit of work', () => {
  test('refuses to load or decide upon what was deleted, and can go on without it', async () => {
    const { position } = await accounts().execute('a', 'deposit', { cents: 1 });
    await store.delete(position, { correlationId: 'c', causationId: 'k' });
    const gone = { code: 'STREAM_DELETED' };

    await expect(together((unit) => unit.load(account, 'a'))).rejects.toMatchObject(gone);
    const { commits } = await together(async (unit) => {
      const giving = unit.execute(account, 'a', 'deposit', { cents: 1 });
      const alive = await giving.catch((error) => !isEverfoldError(error, 'STREAM_DELETED'));
      await unit.execute(account, alive ? 'a' : 'b', 'deposit', { cents: 1 });
    });

    expect(commits).toMatchObject([{ stream: 'account-b' }]);
  });

  test('records what the function did not wait for, and is of no use after it', async () => {
    let kept: UnitOfWork | undefined;
    await together(async (unit) => {
      kept = unit;
      void unit.execute(account, 'a', 'deposit', { cents: 1 });
    });
    expect((await accounts().load('a')).state).toEqual({ balance: 1 });

    const over = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('is over') };
    await expect(kept?.execute(account, 'a', 'deposit', { cents: 1 })).rejects.toMatchObject(over);
    await expect(kept?.load(account, 'b')).rejects.toMatchObject(over);
    expect(() => kept?.claim({ name: 'email', value: 'x' }, 'me')).toThrow(expect.objectContaining(over));
    expect(() => kept?.release({ name: 'email', value: 'x' }, 'me')).toThrow(expect.objectContaining(over));
  });

  test('refuses two definitions of one aggregate', async () => {
    const another = defineAggregate({ ...account });

    await expect(
      together((unit) => Promise.all([unit.load(account, 'a'), unit.load(another, 'a')])),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('Use one definition') });
  });
});
