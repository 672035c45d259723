import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import type { Advance, Transaction } from '../../read-models/read-model-store.js';
import { type Chapter, everfoldError, loadOne, positionOf, writeOf } from './bench.js';

function transactionOf(parts: Partial<Transaction>): Transaction {
  return { advances: [], writes: [], increments: [], ...parts };
}

export const transactions: Chapter = {
  'moves positions, writes rows and adds to rows, together': async ({ store, newRows }) => {
    const set = newRows();

    const outcome = await store.transact(set, {
      advances: [
        { stream: 'order-1', from: 0, to: 3 },
        { stream: 'order-2', from: 4, to: 5 },
      ],
      writes: [writeOf('written', { n: 1 })],
      increments: [{ key: 'added', amounts: { count: 2, cents: -50 } }],
    });

    deepStrictEqual(outcome, { done: true });
    deepStrictEqual(
      await store.positions(set, ['order-1', 'order-2', 'order-3']),
      new Map([
        ['order-1', 3],
        ['order-2', 5],
        ['order-3', 0],
      ]),
    );
    deepStrictEqual(await loadOne(store, set, 'written'), { row: { n: 1 }, revision: 1, applied: new Map() });
    deepStrictEqual(await loadOne(store, set, 'added'), {
      row: { count: 2, cents: -50 },
      revision: 1,
      applied: new Map(),
    });
  },

  'moves a position on from where it is known to stand, or before': async ({ store, newRows }) => {
    const set = newRows();
    for (const [from, to] of [
      [0, 2],
      [2, 3],
      [5, 6],
    ] as const) {
      await store.transact(set, transactionOf({ advances: [{ stream: 'order-1', from, to }] }));
    }

    strictEqual(await positionOf(store, set, 'order-1'), 6);
  },

  'tells of everything that stands in the way, and writes nothing': async ({ store, newRows }) => {
    const set = newRows();
    await store.save(set, writeOf('old', { n: 1 }));
    await store.transact(set, transactionOf({ advances: [{ stream: 'order-1', from: 0, to: 7 }] }));

    const outcome = await store.transact(set, {
      advances: [
        { stream: 'order-2', from: 0, to: 1 },
        { stream: 'order-1', from: 6, to: 8 },
      ],
      writes: [writeOf('new', { n: 2 }), writeOf('old', { n: 2 })],
      increments: [{ key: 'added', amounts: { count: 1 } }],
    });

    deepStrictEqual(outcome, {
      done: false,
      positions: new Map([['order-1', 7]]),
      rows: new Map([['old', { row: { n: 1 }, revision: 1, applied: new Map() }]]),
    });
    strictEqual(await positionOf(store, set, 'order-2'), 0);
    const loaded = await store.load(set, ['old', 'new', 'added']);
    deepStrictEqual(
      [...loaded.values()].map(({ row }) => row),
      [{ n: 1 }, undefined, undefined],
    );
  },

  'counts the rows of an event that is begun, and goes on from exactly there': async ({ store, newRows }) => {
    const set = newRows();
    const take = (advance: Omit<Advance, 'stream'>, key: string) =>
      store.transact(set, {
        advances: [{ stream: 'order-1', ...advance }],
        writes: [],
        increments: [{ key, amounts: { n: 1 } }],
      });

    deepStrictEqual(await take({ from: 3, to: 4, rowsTo: 2 }, 'a'), { done: true });
    strictEqual(await positionOf(store, set, 'order-1'), 4);
    const begun = { done: false, positions: new Map([['order-1', 4]]), rows: new Map() };
    const withTwo = { ...begun, begun: new Map([['order-1', 2]]) };
    deepStrictEqual(await take({ from: 4, to: 5 }, 'x'), withTwo);
    deepStrictEqual(await take({ from: 9, to: 10 }, 'x'), withTwo);
    deepStrictEqual(await take({ from: 4, to: 4, rowsTo: 2 }, 'x'), withTwo);
    deepStrictEqual(await take({ from: 4, to: 4, rowsFrom: 1, rowsTo: 3 }, 'x'), withTwo);
    deepStrictEqual(await take({ from: 5, to: 5, rowsFrom: 2, rowsTo: 3 }, 'x'), withTwo);
    deepStrictEqual(await take({ from: 4, to: 4, rowsFrom: 2, rowsTo: 3 }, 'b'), { done: true });
    deepStrictEqual(await take({ from: 4, to: 5, rowsFrom: 3 }, 'c'), { done: true });
    deepStrictEqual(await take({ from: 4, to: 5, rowsFrom: 3 }, 'x'), {
      ...begun,
      positions: new Map([['order-1', 5]]),
    });

    const loaded = await store.load(set, ['a', 'b', 'c', 'x']);
    deepStrictEqual(
      [...loaded.values()].map(({ row }) => row),
      [{ n: 1 }, { n: 1 }, { n: 1 }, undefined],
    );
    deepStrictEqual(await take({ from: 5, to: 6 }, 'a'), { done: true });
  },

  'begins a first event': async ({ store, newRows }) => {
    const set = newRows();
    const begin = transactionOf({ advances: [{ stream: 'order-1', from: 0, to: 0, rowsTo: 1 }] });

    deepStrictEqual(await store.transact(set, begin), { done: true });

    const outcome = { done: false, positions: new Map([['order-1', 0]]), begun: new Map([['order-1', 1]]) };
    deepStrictEqual(await store.transact(set, begin), { ...outcome, rows: new Map() });
    strictEqual(await positionOf(store, set, 'order-1'), 0);
  },

  'adds to a row that was written, and writes a row that was added to': async ({ store, newRows }) => {
    const set = newRows();
    const increments = [{ key: 'a', amounts: { count: 2, fresh: 1 } }];
    await store.save(set, writeOf('a', { name: 'total', count: 40 }));

    await store.transact(set, transactionOf({ increments }));

    const stored = await loadOne(store, set, 'a');
    deepStrictEqual(stored, { row: { name: 'total', count: 42, fresh: 1 }, revision: 2, applied: new Map() });
    deepStrictEqual(await store.get(set, 'a', { consistent: true }), stored.row);

    await store.transact(set, transactionOf({ writes: [writeOf('a', { count: 1 }, { revision: 2 })] }));
    await store.transact(set, transactionOf({ increments }));

    deepStrictEqual(await store.get(set, 'a', { consistent: true }), { count: 3, fresh: 1 });
  },

  'adds to a removed row as if it had never been': async ({ store, newRows }) => {
    const set = newRows();
    await store.save(set, writeOf('a', { count: 40 }));
    await store.save(set, writeOf('a', undefined, { revision: 1 }));

    await store.transact(set, transactionOf({ increments: [{ key: 'a', amounts: { count: 2 } }] }));

    deepStrictEqual(await loadOne(store, set, 'a'), { row: { count: 2 }, revision: 3, applied: new Map() });
  },

  'adds up what many add at the same time': async ({ store, newRows }) => {
    const set = newRows();
    const addOnce = async (index: number) => {
      const advances = [{ stream: `order-${index}`, from: 0, to: 1 }];
      const increments = [{ key: 'total', amounts: { count: 1, cents: index } }];
      for (let attempt = 1; attempt <= 200; attempt++) {
        if ((await store.transact(set, transactionOf({ advances, increments }))).done) return;
      }
    };

    await Promise.all(Array.from({ length: 20 }, (_, index) => addOnce(index)));

    deepStrictEqual(await store.get(set, 'total', { consistent: true }), { count: 20, cents: 190 });
  },

  'keeps the positions of different projections apart': async ({ store, newRows }) => {
    const [one, other] = [newRows(), newRows()];

    await store.transact(one, transactionOf({ advances: [{ stream: 'order-1', from: 0, to: 4 }] }));

    strictEqual(await positionOf(store, one, 'order-1'), 4);
    strictEqual(await positionOf(store, other, 'order-1'), 0);
  },

  'takes 100 items and refuses more': async ({ store, newRows }) => {
    const set = newRows();
    const increments = Array.from({ length: 100 }, (_, index) => ({ key: `k${index}`, amounts: { n: 1 } }));
    const advances = [{ stream: 'order-1', from: 0, to: 1 }];

    deepStrictEqual(await store.transact(set, transactionOf({ increments })), { done: true });
    await rejects(store.transact(set, transactionOf({ advances, increments })), everfoldError('READ_MODEL_REFUSED'));

    strictEqual(await positionOf(store, set, 'order-1'), 0);
    deepStrictEqual(await store.get(set, 'k99', { consistent: true }), { n: 1 });
  },
};
