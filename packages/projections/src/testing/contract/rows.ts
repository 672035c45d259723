import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { type Chapter, loadOne, writeOf } from './bench.js';

const applied = new Map([
  ['order-1#/@é', { version: 7, settled: 7 }],
  ['payment-1', { version: 12, settled: 3 }],
]);

export const rows: Chapter = {
  'has no row that was never written': async ({ store, newRows }) => {
    const set = newRows();

    deepStrictEqual(await loadOne(store, set, 'a'), { row: undefined, revision: 0, applied: new Map() });
    strictEqual(await store.get(set, 'a', { consistent: true }), undefined);
  },

  'gives back what was written, its revision, and what it has applied': async ({ store, newRows }) => {
    const set = newRows();
    const row = { text: 'ß "quoted" \u0000 🙂', number: -12.5, deep: [{ none: null, yes: true }], empty: {} };

    const outcome = await store.save(set, writeOf('key/#@é', row, { applied }));

    deepStrictEqual(outcome, { saved: true });
    deepStrictEqual(await loadOne(store, set, 'key/#@é'), { row, revision: 1, applied });
    deepStrictEqual(await store.get(set, 'key/#@é', { consistent: true }), row);
    deepStrictEqual(await store.get(set, 'key/#@é', { consistent: false }), row);
  },

  'writes a row again at the revision that it was read at': async ({ store, newRows }) => {
    const set = newRows();
    await store.save(set, writeOf('a', { n: 1 }, { applied }));

    const outcome = await store.save(set, writeOf('a', { n: 2 }, { revision: 1 }));

    deepStrictEqual(outcome, { saved: true });
    deepStrictEqual(await loadOne(store, set, 'a'), { row: { n: 2 }, revision: 2, applied: new Map() });
  },

  'hands back what is there when somebody else wrote first, and writes nothing': async ({ store, newRows }) => {
    const set = newRows();
    await store.save(set, writeOf('a', { n: 1 }));
    await store.save(set, writeOf('a', { n: 2 }, { revision: 1, applied }));
    const current = { row: { n: 2 }, revision: 2, applied };

    for (const revision of [0, 1, 3]) {
      const outcome = await store.save(set, writeOf('a', { n: 3 }, { revision }));
      deepStrictEqual(outcome, { saved: false, current }, `at revision ${revision}`);
    }

    deepStrictEqual(await loadOne(store, set, 'a'), current);
  },

  'lets exactly one of 20 writes at one revision win': async ({ store, newRows }) => {
    const set = newRows();
    await store.save(set, writeOf('a', { by: -1 }));

    const writers = Array.from({ length: 20 }, (_, by) => store.save(set, writeOf('a', { by }, { revision: 1 })));
    const outcomes = await Promise.all(writers);

    const winners = outcomes.flatMap(({ saved }, by) => (saved ? [by] : []));
    strictEqual(winners.length, 1);
    deepStrictEqual(await store.get(set, 'a', { consistent: true }), { by: winners[0] });
  },

  'keeps of a removed row what it had applied, and goes on counting': async ({ store, newRows }) => {
    const set = newRows();
    await store.save(set, writeOf('a', { n: 1 }));

    await store.save(set, writeOf('a', undefined, { revision: 1, applied }));

    deepStrictEqual(await loadOne(store, set, 'a'), { row: undefined, revision: 2, applied });
    strictEqual(await store.get(set, 'a', { consistent: true }), undefined);
    deepStrictEqual(await store.save(set, writeOf('a', { n: 2 }, { revision: 2 })), { saved: true });
    deepStrictEqual(await store.get(set, 'a', { consistent: true }), { n: 2 });
  },

  'keeps the rows of different projections and versions apart': async ({ store, newRows }) => {
    const [one, other] = [newRows(), newRows()];
    await store.save(one, writeOf('a', { of: 'one' }));
    await store.save(other, writeOf('a', { of: 'other' }));

    deepStrictEqual(await store.get(one, 'a', { consistent: true }), { of: 'one' });
    deepStrictEqual(await store.get(other, 'a', { consistent: true }), { of: 'other' });
  },

  'loads many rows at once, there or not': async ({ store, newRows }) => {
    const set = newRows();
    const keys = Array.from({ length: 230 }, (_, index) => `k${index}`);
    const written = keys.filter((_, index) => index % 3 === 0);
    await Promise.all(written.map((key) => store.save(set, writeOf(key, { key }))));

    const loaded = await store.load(set, keys);

    deepStrictEqual([...loaded.keys()], keys);
    deepStrictEqual(
      [...loaded].flatMap(([key, { row }]) => (row === undefined ? [] : [[key, row]])),
      written.map((key) => [key, { key }]),
    );
  },

  'shares no object with its callers': async ({ store, newRows }) => {
    const set = newRows();
    const row = { list: [1] };
    await store.save(set, writeOf('a', row));

    row.list.push(2);
    Object.assign((await store.get(set, 'a', { consistent: true })) ?? {}, { list: [] });

    deepStrictEqual(await store.get(set, 'a', { consistent: true }), { list: [1] });
  },
};
