import { deepStrictEqual } from 'node:assert/strict';
import { type Chapter, loadOne, writeOf } from './bench.js';

const applied = new Map([['order-1', { version: 7, settled: 3 }]]);

/** For stores that can insert. */
export const inserts: Chapter = {
  'inserts rows that were never written, as saving them would': async ({ store, newRows }) => {
    const set = newRows();
    const row = { text: `ß "quoted" 'single' \u0000 🙂`, deep: [{ none: null }] };
    const listed = { group: 'g', sort: 's' };
    const writes = [writeOf("key'?", row, { applied, listed }), writeOf('gone', undefined, { applied })];

    const inserted = await store.insert?.(set, writes);

    if (inserted === undefined) return;
    deepStrictEqual(new Set(inserted), new Set(["key'?", 'gone']));
    deepStrictEqual(await loadOne(store, set, "key'?"), { row, revision: 1, applied });
    deepStrictEqual(await loadOne(store, set, 'gone'), { row: undefined, revision: 1, applied });
    deepStrictEqual((await store.list(set, { group: 'g' })).rows, [{ key: "key'?", row }]);
  },

  'inserts the others where some rows are there, or were removed, and leaves those as they are': async ({
    store,
    newRows,
  }) => {
    const set = newRows();
    await store.save(set, writeOf('a', { n: 1 }));
    await store.save(set, writeOf('b', undefined, { applied }));
    await store.transact(set, { advances: [], writes: [], increments: [{ key: 'c', amounts: { n: 1 } }] });

    const inserted = await store.insert?.(
      set,
      ['a', 'b', 'c', 'd'].map((key) => writeOf(key, { n: 2 })),
    );

    if (inserted === undefined) return;
    deepStrictEqual([...inserted], ['d']);
    deepStrictEqual(await loadOne(store, set, 'a'), { row: { n: 1 }, revision: 1, applied: new Map() });
    deepStrictEqual(await loadOne(store, set, 'b'), { row: undefined, revision: 1, applied });
    deepStrictEqual(await loadOne(store, set, 'c'), { row: { n: 1 }, revision: 1, applied: new Map() });
    deepStrictEqual(await loadOne(store, set, 'd'), { row: { n: 2 }, revision: 1, applied: new Map() });
  },

  'lets exactly one of 10 inserts of a row win': async ({ store, newRows }) => {
    const set = newRows();

    const inserts = Array.from({ length: 10 }, (_, by) => store.insert?.(set, [writeOf('a', { by })]));
    const outcomes = await Promise.all(inserts);

    if (outcomes[0] === undefined) return;
    const winners = outcomes.flatMap((inserted, by) => (inserted?.has('a') ? [by] : []));
    deepStrictEqual(winners.length, 1);
    deepStrictEqual((await loadOne(store, set, 'a')).row, { by: winners[0] });
  },
};
