import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { account, deposited, metadata } from './account.test.fixture.js';
import { defineAggregate } from './aggregate.js';
import { startOf } from './commit.js';
import { defineEvents } from './events.js';
import { InMemoryEventStore } from './in-memory-store.js';
import { createRepository } from './repository.js';
import { type Call, noting } from './stores.test.fixture.js';

let store: InMemoryEventStore;
let calls: Call[];
beforeEach(() => {
  ({ store, calls } = noting(new InMemoryEventStore()));
});

const accounts = (every: number, schema = '1') =>
  createRepository(defineAggregate({ ...account, snapshot: { every, schema } }), { store });

/** The snapshots that the appends carried, by version. */
function attached(): Record<number, unknown> {
  const appends = calls.filter(({ method }) => method === 'append').map(({ args }) => args[0]);
  return Object.fromEntries(
    appends.flatMap((append) => {
      const { after, events, snapshot } = append as Parameters<InMemoryEventStore['append']>[0];
      return snapshot ? [[after.version + events.length, snapshot]] : [];
    }),
  );
}

async function deposit(repository: ReturnType<typeof accounts>, times: number) {
  for (let time = 0; time < times; time++) await repository.execute('1', 'deposit', { cents: 1 });
}

describe('a snapshot', () => {
  test('is attached to the commit that comes so many events after the last one', async () => {
    await deposit(accounts(3), 7);

    expect(attached()).toEqual({
      3: { schema: '1', state: { balance: 3 } },
      6: { schema: '1', state: { balance: 6 } },
    });
  });

  test('is attached to every commit when it is taken every event', async () => {
    await deposit(accounts(1), 3);

    expect(Object.keys(attached())).toEqual(['1', '2', '3']);
  });

  test('waits for the end of the commit in which it falls due', async () => {
    for (let time = 0; time < 3; time++) await accounts(3).execute('1', 'depositTwice', 1);

    expect(attached()).toEqual({ 4: { schema: '1', state: { balance: 4 } } });
  });

  test('is never attached without a policy', async () => {
    const repository = createRepository(account, { store });

    for (let time = 0; time < 5; time++) await repository.execute('1', 'depositTwice', 1);

    expect(attached()).toEqual({});
  });

  test('is where loading begins', async () => {
    await deposit(accounts(3), 4);

    const loaded = await accounts(3).load('1');

    expect(loaded).toMatchObject({ state: { balance: 4 }, version: 4, position: { stream: 'account-1', version: 4 } });
    const seen = calls.at(-1);
    expect(seen).toEqual({ method: 'load', args: ['account-1', { snapshots: { schema: '1', every: 3 } }] });
  });

  test('is taken as it stands, not folded again', async () => {
    const append = { after: startOf('account-1'), events: [deposited(5)], metadata };
    await store.append({ ...append, snapshot: { schema: '1', state: { balance: 700 } } });

    expect((await accounts(3).load('1')).state).toEqual({ balance: 700 });
    expect((await accounts(3).execute('1', 'deposit', { cents: 1 })).state).toEqual({ balance: 701 });
  });

  test('of another schema is passed over, and the next commit carries one of this schema', async () => {
    await deposit(accounts(2), 4);
    calls.length = 0;

    expect((await accounts(3, '2').load('1')).state).toEqual({ balance: 4 });
    await deposit(accounts(3, '2'), 4);

    expect(attached()).toEqual({
      5: { schema: '2', state: { balance: 5 } },
      8: { schema: '2', state: { balance: 8 } },
    });
  });

  test('is what a reload gives: of the events as JSON carries them', async () => {
    const executed = await accounts(1).execute('1', 'deposit', { cents: 5, note: undefined as never });

    expect(attached()).toStrictEqual({ 1: { schema: '1', state: { balance: 5 } } });
    expect(executed.state).toStrictEqual((await createRepository(account, { store }).load('1')).state);
  });

  test('goes with the decision for a transaction', async () => {
    const decision = await accounts(2).decide('1', 'depositTwice', 5);

    expect(decision).toMatchObject({
      events: [deposited(5), deposited(5)],
      snapshot: { schema: '1', state: { balance: 10 } },
    });
  });

  test('does not keep a command from its attempts: each attempt has the snapshot of its own state', async () => {
    await deposit(accounts(9), 1);
    const repository = accounts(3);

    await Promise.all([1, 2, 3].map((cents) => repository.execute('1', 'depositTwice', cents)));

    expect((await createRepository(account, { store }).load('1')).state).toEqual({ balance: 13 });
    expect((await repository.load('1')).state).toEqual({ balance: 13 });
  });
});

describe('a reducer that throws', () => {
  const strict = defineAggregate({
    category: 'strict',
    events: defineEvents({ Named: z.object({ name: z.string() }) }),
    initial: () => ({ names: '' }),
    evolve: {
      Named: (state, { name }) => {
        if (name === 'nobody') throw new Error('a reducer failed');
        return { names: state.names + name };
      },
    },
    commands: { name: (_state, name: string) => [{ type: 'Named', data: { name } }] },
  });

  test('does so before anything is written', async () => {
    const repository = createRepository(strict, { store });

    await expect(repository.execute('1', 'name', 'nobody')).rejects.toThrow('a reducer failed');
    await expect(repository.decide('1', 'name', 'nobody')).rejects.toThrow('a reducer failed');

    expect([...store.commits()]).toEqual([]);
  });
});

describe('a codec', () => {
  const decode = (json: unknown) => new Map(z.array(z.tuple([z.string(), z.number()])).parse(json));
  const tally = defineAggregate({
    category: 'tally',
    events: defineEvents({ Counted: z.object({ what: z.string() }) }),
    initial: (): ReadonlyMap<string, number> => new Map(),
    evolve: { Counted: (state, { what }) => new Map(state).set(what, (state.get(what) ?? 0) + 1) },
    commands: { count: (_state, what: string) => [{ type: 'Counted', data: { what } }] },
    snapshot: { every: 1, schema: '1', codec: { encode: (state) => [...state], decode } },
  });

  test('carries what JSON cannot', async () => {
    const tallies = createRepository(tally, { store });

    await tallies.execute('1', 'count', 'a');
    await tallies.execute('1', 'count', 'b');

    expect(attached()).toEqual({
      1: { schema: '1', state: [['a', 1]] },
      2: {
        schema: '1',
        state: [
          ['a', 1],
          ['b', 1],
        ],
      },
    });
    expect((await tallies.load('1')).state).toEqual(
      new Map([
        ['a', 1],
        ['b', 1],
      ]),
    );
  });

  test('that cannot decode a snapshot says which one', async () => {
    const append = { after: startOf('tally-1'), events: [{ type: 'Counted', data: { what: 'a' } }], metadata };
    await store.append({ ...append, snapshot: { schema: '1', state: 'nonsense' } });

    await expect(createRepository(tally, { store }).load('1')).rejects.toMatchObject({
      code: 'STREAM_CORRUPTED',
      stream: 'tally-1',
      version: 1,
      message: expect.stringContaining('snapshot of schema "1"'),
      cause: expect.any(z.ZodError),
    });
  });
});

describe('a snapshot policy', () => {
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses a snapshot every %d events', (every) => {
    expect(() => accounts(every)).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: `Aggregate "account" takes a snapshot every ${every} events; give a whole number from 1.`,
      }),
    );
  });

  test.each(['', undefined, 2])('refuses the schema %j', (schema) => {
    expect(() => defineAggregate({ ...account, snapshot: { every: 3, schema: schema as string } })).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(`schema ${JSON.stringify(schema)};`),
      }),
    );
  });
});
