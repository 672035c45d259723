import { InvalidArgumentError } from '@everfold/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { cancelled, placed, record } from '../shop.test.fixture.js';
import { switchReads } from './switch-reads.js';
import { createVersionedReader } from './versioned-reader.js';
import { countingGets, ordersVersion, v1, v2, versionsBench } from './versions.test.fixture.js';

let bench: ReturnType<typeof versionsBench>;

beforeEach(() => {
  bench = versionsBench();
});

describe('a versioned reader', () => {
  it('reads the lowest version while nothing was switched, and the other one after that, within its cache time', async () => {
    await bench.build();
    const reader = createVersionedReader([v2, v1], bench.readModels, { cacheMs: 1_000, clock: bench.clock });
    await bench.readModels.save(v1.rows, {
      key: 'only-1',
      row: { a: 1 },
      revision: 0,
      applied: new Map(),
      listed: undefined,
    });

    expect(await reader.get('only-1')).toEqual({ a: 1 });
    await switchReads({ from: v1, to: v2, ...bench.ports });
    expect(await reader.get('only-1')).toEqual({ a: 1 });
    bench.clock.time += 1_000;
    expect(await reader.get('only-1')).toBeUndefined();
    expect(await reader.get('order-3')).toMatchObject({ cents: 3 });
  });

  it('reads the pointer once in its cache time, however many reads there are', async () => {
    const { gets, store } = countingGets(bench.readModels);
    const reader = createVersionedReader([v1], store, { clock: bench.clock });

    await Promise.all([reader.get('a'), reader.get('b'), reader.all()]);
    await reader.get('c');

    expect(gets.filter((get) => get === 'orders/versions serving')).toHaveLength(1);
    bench.clock.time += 5_000;
    await reader.get('d');
    expect(gets.filter((get) => get === 'orders/versions serving')).toHaveLength(2);
  });

  it('asks for the pointer again when it could not be read', async () => {
    const { store } = countingGets(bench.readModels);
    let failing = true;
    const reader = createVersionedReader(
      [v1],
      {
        ...store,
        get: async (...request) => {
          if (failing) throw new Error('no answer');
          return store.get(...request);
        },
      },
      { clock: bench.clock },
    );
    await expect(reader.get('a')).rejects.toThrow('no answer');
    failing = false;

    expect(await reader.get('a')).toBeUndefined();
  });

  it('goes on with the pages of a version for half a minute after it was switched, and refuses then', async () => {
    const both = await bench.build();
    const reader = createVersionedReader([v1, v2], bench.readModels, { cacheMs: 0, clock: bench.clock });
    const first = await reader.list({ group: 'placed', limit: 2 });
    const all = await reader.all({ limit: 4 });
    await both(await record(bench.eventStore, 'order-late', [placed(1)], [cancelled]));
    await switchReads({ from: v1, to: v2, ...bench.ports });

    bench.clock.time += 30_000;
    const second = await reader.list({ group: 'placed', limit: 2, ...cursorOf(first) });
    expect(second.rows.map(({ key }) => key)).toEqual(['order-3', 'order-4']);
    expect((await reader.all({ ...cursorOf(all) })).rows).toHaveLength(3);
    bench.clock.time += 1;
    await expect(reader.list({ group: 'placed', ...cursorOf(second) })).rejects.toThrow('Begin with the first page');
  });

  it('says so when it does not know the version that serves', async () => {
    await bench.build();
    await switchReads({ from: v1, to: v2, ...bench.ports });

    await expect(
      createVersionedReader([v1], bench.readModels, { clock: bench.clock }).get('order-1'),
    ).rejects.toMatchObject({
      code: 'VERSION_UNKNOWN',
      projection: 'orders',
      version: 2,
    });
  });

  it.each([
    ['no version', []],
    ['one twice', [v1, v1]],
    ['two projections', [v1, ordersVersion(2, 'bills')]],
  ])('is not made of %s', (_, versions) => {
    expect(() => createVersionedReader(versions, bench.readModels)).toThrow(InvalidArgumentError);
  });

  it('is not made with a cache that dropping would not wait for, and takes no foreign cursor', async () => {
    expect(() => createVersionedReader([v1], bench.readModels, { cacheMs: 30_001 })).toThrow(InvalidArgumentError);
    await expect(createVersionedReader([v1], bench.readModels).all({ cursor: 'x' })).rejects.toThrow(
      InvalidArgumentError,
    );
  });
});

function cursorOf({ cursor }: { readonly cursor?: string }) {
  return cursor === undefined ? {} : { cursor };
}
