import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../aggregate.js';
import { startOf } from '../commit.js';
import { defineEvents, type NewEvent } from '../events.js';
import { InMemoryEventStore } from '../in-memory-store.js';
import { createRepository } from '../repository.js';
import { scenario } from '../testing/scenario.js';
import { evolving } from './evolving.js';
import { severalEvents } from './several-events.js';
import { validateReads } from './validate-reads.js';

interface Basket {
  readonly lines: Map<string, bigint>;
  readonly at?: Date;
}

const Filled = evolving(z.object({ lines: z.map(z.string(), z.bigint()), at: z.date() }), {
  revision: 2,
  upcast: {
    1: ({ skus, at }: { skus: string[]; at: string }) => ({ lines: skus.map((sku) => [sku, '1'] as const), at }),
  },
  codec: {
    encode: ({ lines, at }) => ({
      lines: [...lines].map(([sku, units]) => [sku, `${units}`] as const),
      at: at.toISOString(),
    }),
    decode: ({ lines, at }) => ({
      lines: new Map(lines.map(([sku, units]) => [sku, BigInt(units)])),
      at: new Date(at),
    }),
  },
});

const basket = defineAggregate({
  category: 'basket',
  events: defineEvents({ Filled, Emptied: z.object({ at: z.unknown() }) }),
  initial: (): Basket => ({ lines: new Map() }),
  evolve: {
    Filled: (_state, { lines, at }) => ({ lines, at }),
    Emptied: () => ({ lines: new Map() }),
  },
  commands: {
    fill: (_state, at: Date) => [{ type: 'Filled', data: { lines: new Map([['pen', 2n]]), at } }],
    empty: (_state, at: unknown) => [{ type: 'Emptied', data: { at } }],
  },
});

const AT = new Date('2026-01-02T03:04:05.678Z');
const filled: Basket = { lines: new Map([['pen', 2n]]), at: AT };
const metadata = { correlationId: 'c', causationId: 'k' };

let store: InMemoryEventStore;
beforeEach(() => {
  store = new InMemoryEventStore();
});

const record = (...events: NewEvent[]) => store.append({ after: startOf('basket-1'), events, metadata });

describe('an aggregate with a codec', () => {
  test('carries a Date, a bigint and a Map to the store and back', async () => {
    const executed = await createRepository(basket, { store }).execute('1', 'fill', AT);

    expect(executed.state).toStrictEqual(filled);
    expect((await createRepository(basket, { store }).load('1')).state).toStrictEqual(filled);
  });

  test('shows the recorded events as commands decided them, and records them encoded', async () => {
    const executed = await createRepository(basket, { store }).execute('1', 'fill', AT);

    expect(executed.events).toMatchObject([{ type: 'Filled', revision: 2, version: 1, data: filled }]);
    expect([...store.commits()].map(({ events }) => events)).toEqual([
      [{ type: 'Filled', revision: 2, data: { lines: [['pen', '2']], at: '2026-01-02T03:04:05.678Z' } }],
    ]);
  });

  test('refuses without one what JSON would change, and says where', async () => {
    const repository = createRepository(basket, { store });

    for (const [at, reason] of [
      [AT, 'JSON has no Date'],
      [5n, 'JSON has no bigint'],
      [new Map(), 'JSON has no Map'],
      [Number.NaN, 'JSON has no NaN'],
      [[undefined], 'JSON has no undefined'],
    ] as const) {
      await expect(repository.execute('1', 'empty', at)).rejects.toMatchObject({
        code: 'INVALID_EVENT',
        type: 'Emptied',
        problems: [{ path: Array.isArray(at) ? 'at.0' : 'at', reason }],
      });
    }
    expect([...store.commits()]).toEqual([]);
  });

  test('refuses what its codec does not carry, and says where', async () => {
    const codec = { encode: (data: { at: Date }) => data, decode: (data: { at: Date }) => data };
    const Careless = defineAggregate({
      ...basket,
      events: { ...basket.events, Filled: evolving(z.object({ at: z.date() }), { revision: 1, codec }) },
      evolve: { ...basket.evolve, Filled: (state) => state },
      commands: { fill: (_state, at: Date) => [{ type: 'Filled', data: { at } }] },
    });

    await expect(createRepository(Careless, { store }).execute('1', 'fill', AT)).rejects.toMatchObject({
      code: 'INVALID_EVENT',
      problems: [{ path: 'at', reason: 'JSON has no Date' }],
    });
  });

  test('has scenarios in the terms of its commands', async () => {
    await scenario(basket)
      .given([{ type: 'Emptied', data: { at: 1 } }])
      .when('fill', AT)
      .thenEvents([{ type: 'Filled', data: { lines: new Map([['pen', 2n]]), at: AT } }]);
    await expect(
      scenario(basket)
        .when('fill', AT)
        .thenEvents([{ type: 'Filled', data: { lines: new Map([['pen', 3n]]), at: AT } }]),
    ).rejects.toMatchObject({ name: 'AssertionError' });
  });
});

describe('loading', () => {
  test('upcasts what was recorded earlier', async () => {
    await record({ type: 'Filled', data: { skus: ['pen', 'ink'], at: AT.toISOString() } });

    expect(await createRepository(basket, { store }).load('1')).toMatchObject({
      version: 1,
      state: {
        lines: new Map([
          ['pen', 1n],
          ['ink', 1n],
        ]),
        at: AT,
      },
    });
  });

  test('counts an event that became several as one version, and one that became none as well', async () => {
    const Swapped = evolving(z.never(), {
      revision: 2,
      upcast: {
        1: (skus: string[]) =>
          severalEvents(skus.map((sku) => ({ type: 'Filled', data: { skus: [sku], at: AT.toISOString() } }))),
      },
    });
    const swapping = defineAggregate({
      ...basket,
      events: { ...basket.events, Swapped },
      evolve: {
        ...basket.evolve,
        Swapped: (state) => state,
        Filled: (state, { lines }) => ({ lines: new Map([...state.lines, ...lines]) }),
      },
      commands: basket.commands,
    });
    await record({ type: 'Swapped', data: ['pen', 'ink'] }, { type: 'Swapped', data: [] });

    const { state, version } = await createRepository(swapping, { store }).load('1');

    expect([...state.lines.keys()]).toEqual(['pen', 'ink']);
    expect(version).toBe(2);
  });

  test('refuses an event of a newer revision', async () => {
    await record({ type: 'Filled', revision: 3, data: {} });

    await expect(createRepository(basket, { store }).load('1')).rejects.toMatchObject({
      code: 'NEWER_REVISION',
      stream: 'basket-1',
      type: 'Filled',
      revision: 3,
      known: 2,
    });
  });

  test('refuses unknown types, or passes over them and counts their versions', async () => {
    await record({ type: 'Weighed', data: {} }, { type: 'Emptied', data: { at: 1 } });

    await expect(createRepository(basket, { store }).load('1')).rejects.toMatchObject({ code: 'UNKNOWN_EVENT' });
    const skipping = createRepository({ ...basket, unknownEvents: 'skip' }, { store });
    expect(await skipping.load('1')).toMatchObject({ version: 2, state: { lines: new Map() } });
  });

  test('checks recorded data against its schema only when told to', async () => {
    await record({ type: 'Filled', revision: 2, data: { lines: [], at: 'no time' } });

    expect((await createRepository(basket, { store }).load('1')).version).toBe(1);
    const distrustful = defineAggregate({
      category: basket.category,
      events: validateReads(basket.events),
      initial: basket.initial,
      evolve: { Filled: basket.evolve.Filled, Emptied: basket.evolve.Emptied },
      commands: {},
    });
    await expect(createRepository(distrustful, { store }).load('1')).rejects.toMatchObject({
      code: 'UNREADABLE_EVENT',
      type: 'Filled',
      problems: [{ path: 'at' }],
    });
  });
});

describe('append', () => {
  test.each([0, -2, 1.5, Number.NaN, '2'])('refuses %j for a revision', async (revision) => {
    await expect(record({ type: 'Filled', revision: revision as number, data: {} })).rejects.toMatchObject({
      code: 'INVALID_EVENT',
      type: 'Filled',
      problems: [{ path: 'revision', reason: `${revision} is not a whole number from 1` }],
    });
  });

  test('leaves out revision 1, and keeps a later one', async () => {
    const { events } = await record(
      { type: 'Filled', revision: 1, data: {} },
      { type: 'Filled', revision: 2, data: {} },
    );

    expect(events).toStrictEqual([
      { type: 'Filled', data: {} },
      { type: 'Filled', revision: 2, data: {} },
    ]);
  });
});
