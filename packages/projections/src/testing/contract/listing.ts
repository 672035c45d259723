import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import type { ReadModelStore, RowSet } from '../../read-models/read-model-store.js';
import { type Chapter, everfoldError, keysOfPages, writeOf } from './bench.js';

/** Writes rows into groups: each is `[key, group, sort]`. */
async function listRows(store: ReadModelStore, rows: RowSet, placed: readonly (readonly [string, string, string])[]) {
  const writes = placed.map(([key, group, sort]) => writeOf(key, { key }, { listed: { group, sort } }));
  await Promise.all(writes.map((write) => store.save(rows, write)));
}

async function writeRows(store: ReadModelStore, rows: RowSet, keys: readonly string[]) {
  await Promise.all(keys.map((key) => store.save(rows, writeOf(key, { key }))));
}

export const listing: Chapter = {
  'lists a group in the order of its places, either way': async ({ store, newRows }) => {
    const set = newRows();
    await listRows(store, set, [
      ['c', 'open', '2026-01-03'],
      ['x', 'done', '2026-01-02'],
      ['a', 'open', '2026-01-01'],
      ['b', 'open', '2026-01-02'],
    ]);

    const forwards = await store.list(set, { group: 'open' });
    const backwards = await store.list(set, { group: 'open', descending: true });

    deepStrictEqual(forwards, { rows: ['a', 'b', 'c'].map((key) => ({ key, row: { key } })) });
    deepStrictEqual(
      backwards.rows.map(({ key }) => key),
      ['c', 'b', 'a'],
    );
  },

  'compares places by their bytes': async ({ store, newRows }) => {
    const set = newRows();
    const sorts = ['Z', 'a', 'é', '\uffee', '🙂'];
    await listRows(
      store,
      set,
      sorts.map((sort) => [sort, 'g', sort]),
    );

    deepStrictEqual(await keysOfPages((request) => store.list(set, { group: 'g', ...request })), [sorts]);
  },

  'pages through a group, rows of one place included': async ({ store, newRows }) => {
    const set = newRows();
    const keys = Array.from({ length: 10 }, (_, index) => `k${index}`);
    await listRows(
      store,
      set,
      keys.map((key, index) => [key, 'g', `s${Math.floor(index / 4)}`]),
    );

    for (const [limit, sizes] of [
      [3, [3, 3, 3, 1]],
      [5, [5, 5]],
      [10, [10]],
      [1000, [10]],
    ] as const) {
      for (const descending of [false, true]) {
        const pages = await keysOfPages((request) => store.list(set, { group: 'g', ...request }), {
          limit,
          descending,
        });
        deepStrictEqual(
          pages.map(({ length }) => length),
          sizes,
        );
        deepStrictEqual(pages.flat().sort(), keys);
      }
    }
  },

  'lists a part of a group, both ends included, either way and page by page': async ({ store, newRows }) => {
    const set = newRows();
    const days = Array.from({ length: 9 }, (_, index) => `2026-01-0${index + 1}`);
    await listRows(
      store,
      set,
      days.flatMap((day) => [[`a${day}`, 'g', day] as const, [`b${day}`, 'g', day] as const]),
    );

    for (const [bounds, first, last] of [
      [{ from: '2026-01-03', upTo: '2026-01-05' }, 2, 5],
      [{ from: '2026-01-04', upTo: '2026-01-04' }, 3, 4],
      [{ from: '2026-01-08' }, 7, 9],
      [{ upTo: '2026-01-02' }, 0, 2],
      [{ from: '2026-01-02T', upTo: '2026-01-03T' }, 2, 3],
      [{ from: '2026-01-09T' }, 9, 9],
    ] as const) {
      for (const descending of [false, true]) {
        for (const limit of [1, 3, 100]) {
          const pages = await keysOfPages((request) => store.list(set, { group: 'g', ...bounds, ...request }), {
            limit,
            descending,
          });
          const listed = days.slice(first, last).flatMap((day) => [`a${day}`, `b${day}`]);
          deepStrictEqual(pages.flat().sort(), listed.sort(), JSON.stringify({ bounds, descending, limit }));
        }
      }
    }
  },

  'refuses bounds that are no places, or the wrong way round, and a cursor from beyond them': async ({
    store,
    newRows,
  }) => {
    const set = newRows();
    await listRows(store, set, [
      ['a', 'g', '1'],
      ['b', 'g', '2'],
      ['c', 'g', '3'],
    ]);
    const { cursor = '' } = await store.list(set, { group: 'g', limit: 2 });

    for (const bounds of [
      { from: '' },
      { upTo: '' },
      { from: 'x'.repeat(1025) },
      { from: '2', upTo: '1' },
      { from: '3', cursor },
      { upTo: '1', cursor },
    ])
      await rejects(store.list(set, { group: 'g', ...bounds }), everfoldError('INVALID_ARGUMENT'));
  },

  'moves a row when its place changes, and drops it when it has none or is removed': async ({ store, newRows }) => {
    const set = newRows();
    await listRows(store, set, [
      ['moved', 'open', '1'],
      ['dropped', 'open', '2'],
      ['removed', 'open', '3'],
    ]);

    await store.save(set, writeOf('moved', { now: 'done' }, { revision: 1, listed: { group: 'done', sort: '9' } }));
    await store.save(set, writeOf('dropped', { now: 'nowhere' }, { revision: 1 }));
    await store.save(set, writeOf('removed', undefined, { revision: 1 }));

    deepStrictEqual(await store.list(set, { group: 'open' }), { rows: [] });
    deepStrictEqual(await store.list(set, { group: 'done' }), { rows: [{ key: 'moved', row: { now: 'done' } }] });
  },

  'keeps the groups of different projections apart': async ({ store, newRows }) => {
    const [one, other] = [newRows(), newRows()];
    await listRows(store, one, [['a', 'open', '1']]);

    deepStrictEqual(await store.list(other, { group: 'open' }), { rows: [] });
  },

  'gives all rows, each once, whatever the size of the pages': async ({ store, newRows }) => {
    const set = newRows(5);
    const keys = Array.from({ length: 23 }, (_, index) => `k${String(index).padStart(2, '0')}`);
    await writeRows(store, set, keys);

    for (const limit of [1, 4, 22, 23, 24]) {
      for (const descending of [false, true]) {
        const pages = await keysOfPages((request) => store.all(set, request), { limit, descending });
        deepStrictEqual(pages.flat().sort(), keys, `in pages of ${limit}`);
        strictEqual(pages.length, Math.ceil(23 / limit), `in pages of ${limit}`);
      }
    }
  },

  'gives all rows of one partition in the order of their keys, either way': async ({ store, newRows }) => {
    const set = newRows(1);
    await writeRows(store, set, ['2026-01-03', '2026-01-01', '2026-01-02']);

    const forwards = await keysOfPages((request) => store.all(set, request), { limit: 2 });
    const backwards = await keysOfPages((request) => store.all(set, request), { limit: 2, descending: true });

    deepStrictEqual(forwards, [['2026-01-01', '2026-01-02'], ['2026-01-03']]);
    deepStrictEqual(backwards, [['2026-01-03', '2026-01-02'], ['2026-01-01']]);
  },

  'gives, of all rows, those that were only added to, and none that was removed': async ({ store, newRows }) => {
    const set = newRows(1);
    await writeRows(store, set, ['removed', 'written']);
    await store.save(set, writeOf('removed', undefined, { revision: 1 }));
    const increments = [{ key: 'added', amounts: { count: 3 } }];
    await store.transact(set, { advances: [{ stream: 'order-1', from: 0, to: 1 }], writes: [], increments });

    const { rows } = await store.all(set, { consistent: true });

    deepStrictEqual(rows, [
      { key: 'added', row: { count: 3 } },
      { key: 'written', row: { key: 'written' } },
    ]);
  },

  'refuses a limit that is not a whole number from 1 to 1,000': async ({ store, newRows }) => {
    for (const limit of [0, -1, 1.5, 1001, Number.NaN]) {
      await rejects(store.list(newRows(), { group: 'g', limit }), everfoldError('INVALID_ARGUMENT'));
      await rejects(store.all(newRows(), { limit }), everfoldError('INVALID_ARGUMENT'));
    }
  },

  'refuses a cursor that it did not make': async ({ store, newRows }) => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

    for (const cursor of [
      '',
      'nonsense',
      encode(['a', 'b', 'c']),
      encode([1]),
      encode([1, 2]),
      encode({}),
      encode(['']),
    ]) {
      await rejects(store.list(newRows(), { group: 'g', cursor }), everfoldError('INVALID_ARGUMENT'));
      await rejects(store.all(newRows(), { cursor }), everfoldError('INVALID_ARGUMENT'));
    }
  },
};
