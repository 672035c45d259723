import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { startOf } from '../../commit.js';
import { appendOf, type Chapter, everfoldError, readAll } from './bench.js';

const SECOND = 1_000;

export const claimTimes: Chapter = {
  'holds a value for as long as it is claimed': async ({ store, newCategory, passTime }) => {
    const claim = { name: newCategory(), value: 'x' };
    await store.transact([{ claim, by: 'account-1', forSeconds: 60 }]);

    await passTime(SECOND);

    strictEqual(await store.holderOf(claim), 'account-1');
    await rejects(
      store.transact([{ claim, by: 'account-2' }]),
      everfoldError('CLAIM_TAKEN', { claim: claim.name, holder: 'account-1' }),
    );
  },

  'holds a value for no less than the seconds it is claimed for': async ({ store, newCategory, passTime }) => {
    for (const offset of [0, 300, 300, 300]) {
      await passTime(offset);
      const claim = { name: newCategory(), value: 'x' };
      await store.transact([{ claim, by: 'account-1', forSeconds: 1 }]);

      await passTime(SECOND / 2);

      strictEqual(await store.holderOf(claim), 'account-1');
    }
  },

  'frees a value when its time is over, for claims and releases by anybody': async ({
    store,
    newCategory,
    newStream,
    passTime,
  }) => {
    const [claimed, released] = [newCategory(), newCategory()].map((name) => ({ name, value: 'x' }));
    const stream = newStream();
    for (const claim of [claimed, released]) {
      if (claim) await store.transact([{ claim, by: 'account-1', forSeconds: 1 }]);
    }

    await passTime(2 * SECOND + 10);

    for (const claim of [claimed, released]) {
      if (claim) strictEqual(await store.holderOf(claim), undefined);
    }
    if (claimed && released) {
      await store.transact([
        { claim: claimed, by: 'account-2' },
        { release: released, by: 'account-2' },
        appendOf(startOf(stream), 1),
      ]);
      strictEqual(await store.holderOf(claimed), 'account-2');
    }
    strictEqual((await readAll(store, stream)).length, 1);
  },

  'lets a claim without a time take the place of one whose time is over, for good': async ({
    store,
    newCategory,
    passTime,
  }) => {
    const claim = { name: newCategory(), value: 'x' };
    await store.transact([{ claim, by: 'account-1', forSeconds: 1 }]);
    await passTime(2 * SECOND + 10);

    await store.transact([{ claim, by: 'account-2' }]);
    await passTime(2 * SECOND);

    deepStrictEqual(await store.holderOf(claim), 'account-2');
  },
};
