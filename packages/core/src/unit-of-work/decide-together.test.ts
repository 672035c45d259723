import { beforeEach, describe, expect, test } from 'vitest';
import { account, deposited } from '../account.test.fixture.js';
import { defineAggregate } from '../aggregate.js';
import { InMemoryEventStore } from '../in-memory-store.js';
import { createRepository } from '../repository.js';
import { type Call, noting } from '../stores.test.fixture.js';
import { decideTogether, type TogetherOptions } from './decide-together.js';
import type { UnitOfWork } from './unit-of-work.js';

let inner: InMemoryEventStore;
let store: InMemoryEventStore;
let calls: Call[];
let methods: () => string[];
let slept: number[];
beforeEach(async () => {
  inner = new InMemoryEventStore();
  ({ store, calls, methods } = noting(inner));
  slept = [];
});

const clock = {
  now: () => 0,
  sleep: async (milliseconds: number) => {
    slept.push(milliseconds);
  },
};
const accounts = () => createRepository(account, { store: inner });
const together = <TResult>(
  decide: (unit: UnitOfWork) => Promise<TResult>,
  options: Partial<TogetherOptions<InMemoryEventStore>> = {},
) => decideTogether({ store, clock, random: () => 0.5, ids: () => 'made-up', ...options }, decide);
const balances = async () => Promise.all(['a', 'b', 'c'].map(async (id) => (await accounts().load(id)).state.balance));

const transfer = (from: string, to: string, cents: number) => async (unit: UnitOfWork) => {
  await unit.execute(account, from, 'withdraw', cents);
  await unit.execute(account, to, 'deposit', { cents });
};

describe('what is decided together', () => {
  test('is written together, in one transaction', async () => {
    await accounts().execute('a', 'deposit', { cents: 10 });

    const { commits } = await together(transfer('a', 'b', 4), { metadata: { actor: 'ada' } });

    expect(await balances()).toEqual([6, 4, 0]);
    expect([...inner.commits()]).toEqual(expect.arrayContaining([...commits]));
    expect(commits.map(({ stream, version, metadata }) => ({ stream, version, metadata }))).toEqual([
      { stream: 'account-a', version: 2, metadata: { correlationId: 'made-up', causationId: 'made-up', actor: 'ada' } },
      { stream: 'account-b', version: 1, metadata: { correlationId: 'made-up', causationId: 'made-up', actor: 'ada' } },
    ]);
    expect(methods()).toEqual(['load', 'load', 'transact']);
  });

  test('is not written at all when any of it is rejected', async () => {
    await expect(together(transfer('a', 'b', 4))).rejects.toMatchObject({ reason: 'OVERDRAWN' });
    await expect(
      together(async (unit) => {
        await unit.execute(account, 'a', 'deposit', { cents: 4 });
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');

    expect(await balances()).toEqual([0, 0, 0]);
    expect(slept).toEqual([]);
  });

  test('gives what the function returned', async () => {
    const { result } = await together(async (unit) => (await unit.load(account, 'a')).version + 7);

    expect(result).toBe(7);
  });

  test('folds commands on one aggregate onto one another, into one commit', async () => {
    const { result, commits } = await together(async (unit) => {
      const first = await unit.execute(account, 'a', 'depositTwice', 3);
      const second = await unit.execute(account, 'a', 'withdraw', 5);
      return [first, second, await unit.load(account, 'a')];
    });

    expect(result).toEqual([
      { state: { balance: 6 }, version: 2, events: [deposited(3), deposited(3)] },
      { state: { balance: 1 }, version: 3, events: [{ type: 'Withdrawn', data: { cents: 5 } }] },
      { state: { balance: 1 }, version: 3 },
    ]);
    expect(commits).toMatchObject([{ stream: 'account-a', version: 1, last: 3 }]);
    expect(methods()).toEqual(['load', 'append']);
  });

  test('folds commands that did not wait for one another, in the order of their calls', async () => {
    await together(async (unit) => {
      await Promise.all([
        unit.execute(account, 'a', 'deposit', { cents: 5 }),
        unit.execute(account, 'a', 'withdraw', 2),
        unit.execute(account, 'a', 'withdraw', 3),
      ]);
    });

    expect((await accounts().load('a')).state).toEqual({ balance: 0 });
    expect([...inner.commits()][0]?.events.map(({ type }) => type)).toEqual(['Deposited', 'Withdrawn', 'Withdrawn']);
  });

  test('goes on after a rejection that the function dealt with', async () => {
    const { commits } = await together(async (unit) => {
      await unit.execute(account, 'a', 'deposit', { cents: 5 });
      await unit.execute(account, 'a', 'withdraw', 9).catch((error) => expect(error.reason).toBe('OVERDRAWN'));
      await unit.execute(account, 'a', 'withdraw', 1);
    });

    expect(commits).toMatchObject([{ last: 2 }]);
    expect((await accounts().load('a')).state).toEqual({ balance: 4 });
  });

  test('carries snapshots', async () => {
    const kept = defineAggregate({ ...account, snapshot: { every: 2, schema: '1' } });

    await together(async (unit) => {
      await unit.execute(kept, 'a', 'deposit', { cents: 5 });
      await unit.execute(kept, 'a', 'deposit', { cents: 5 });
      await unit.execute(kept, 'b', 'deposit', { cents: 5 });
    });

    const query = { snapshots: { schema: '1', every: 2 } };
    expect((await inner.load('account-a', query)).snapshot).toMatchObject({ state: { balance: 10 } });
    expect((await inner.load('account-b', query)).snapshot).toBeUndefined();
  });
});

describe('what is written', () => {
  test('is a plain append where it is one commit and nothing else', async () => {
    await together(async (unit) => {
      await unit.load(account, 'b', { check: false });
      await unit.execute(account, 'a', 'deposit', { cents: 5 });
    });

    expect(methods()).toEqual(['load', 'load', 'append']);
  });

  test('is nothing where nothing was decided', async () => {
    const { commits } = await together(async (unit) => {
      await unit.load(account, 'a');
      await unit.execute(account, 'b', 'ignore');
    });

    expect(commits).toEqual([]);
    expect(methods()).toEqual(['load', 'load']);
  });

  test('is nothing where nothing was done', async () => {
    expect(await together(async () => 1)).toEqual({ result: 1, commits: [] });
    expect(methods()).toEqual([]);
  });

  test('checks what was only read, or decided upon without a change', async () => {
    await together(async (unit) => {
      await unit.load(account, 'b', { check: false });
      await unit.load(account, 'b');
      await unit.execute(account, 'c', 'ignore');
      await unit.execute(account, 'd', 'withdraw', 1).catch(() => undefined);
      await unit.load(account, 'e', { check: false });
      await unit.execute(account, 'a', 'deposit', { cents: 5 });
    });

    expect(calls.at(-1)?.args[0]).toMatchObject([
      { unchanged: { stream: 'account-b', version: 0 } },
      { unchanged: { stream: 'account-c', version: 0 } },
      { unchanged: { stream: 'account-d', version: 0 } },
      { after: { stream: 'account-a', version: 0 }, events: [deposited(5)] },
    ]);
  });

  test('loads each aggregate once', async () => {
    await together((unit) => Promise.all([unit.load(account, 'a'), unit.load(account, 'a'), unit.load(account, 'b')]));

    expect(methods()).toEqual(['load', 'load']);
  });
});

describe('claims', () => {
  const email = { name: 'email', value: 'ada@example.org' };

  test('are written with the events, and refused when somebody holds the value', async () => {
    const open = (id: string) =>
      together(async (unit) => {
        await unit.execute(account, id, 'deposit', { cents: 1 });
        unit.claim(email, `account-${id}`);
      });

    await open('a');

    await expect(open('b')).rejects.toMatchObject({ code: 'CLAIM_TAKEN', holder: 'account-a' });
    expect(await balances()).toEqual([1, 0, 0]);
    expect(slept).toEqual([]);
  });

  test('are written alone where there is nothing else, and released likewise', async () => {
    await together(async (unit) => unit.claim(email, 'me', { forSeconds: 60 }));
    expect(methods()).toEqual(['transact']);
    expect(await inner.holderOf(email)).toBe('me');

    const { commits } = await together(async (unit) => unit.release(email, 'me'));

    expect(commits).toEqual([]);
    expect(await inner.holderOf(email)).toBeUndefined();
  });

  test('pass their time on', async () => {
    await together(async (unit) => unit.claim(email, 'me', { forSeconds: 60 }));

    expect(calls[0]?.args[0]).toEqual([{ claim: email, by: 'me', forSeconds: 60 }]);
  });
});

describe('somebody else', () => {
  /** Has somebody deposit to an aggregate during the first calls of the function. */
  const interrupted = (times: number, id: string, decide: (unit: UnitOfWork) => Promise<unknown>) => {
    let interruptions = 0;
    return async (unit: UnitOfWork) => {
      const result = await decide(unit);
      if (interruptions++ < times) await accounts().execute(id, 'deposit', { cents: 100 });
      return result;
    };
  };

  test('has it decided anew, after a wait that doubles', async () => {
    await accounts().execute('a', 'deposit', { cents: 10 });

    await together(interrupted(2, 'b', transfer('a', 'b', 4)));

    expect(await balances()).toEqual([6, 204, 0]);
    expect(slept).toEqual([5, 10]);
  });

  test('has it decided anew when an aggregate that was only read has changed', async () => {
    const copy = async (unit: UnitOfWork) => {
      const { state } = await unit.load(account, 'b');
      await unit.execute(account, 'a', 'deposit', { cents: state.balance + 1 });
    };

    await together(interrupted(1, 'b', copy));

    expect(await balances()).toEqual([101, 100, 0]);
  });

  test('does not matter to what is not checked', async () => {
    const copy = async (unit: UnitOfWork) => {
      const { state } = await unit.load(account, 'b', { check: false });
      await unit.execute(account, 'a', 'deposit', { cents: state.balance + 1 });
      await unit.execute(account, 'c', 'deposit', { cents: 1 });
    };

    await together(interrupted(1, 'b', copy));

    expect(await balances()).toEqual([1, 100, 1]);
  });

  test('is passed on as a conflict when every attempt is used up', async () => {
    const deposit = (unit: UnitOfWork) => unit.execute(account, 'b', 'deposit', { cents: 1 });

    await expect(together(interrupted(9, 'b', deposit), { attempts: 2 })).rejects.toMatchObject({
      code: 'CONFLICT',
      stream: 'account-b',
    });

    expect(slept).toEqual([5]);
  });

  test('transfers at the same time, and no cent is lost', async () => {
    for (const id of ['a', 'b', 'c']) await accounts().execute(id, 'deposit', { cents: 100 });
    const ways = ['ab', 'bc', 'ca', 'ba', 'cb', 'ac', 'ab', 'bc'];

    await Promise.all(ways.map(([from = '', to = '']) => together(transfer(from, to, 30), { attempts: 50 })));

    expect(await balances()).toEqual([70, 100, 130]);
  });

  test('refuses attempts that are no number of attempts', async () => {
    await expect(together(async () => 1, { attempts: 0 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
