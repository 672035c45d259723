import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { startOf } from '../../commit.js';
import { appendOf, type Chapter, collect, everfoldError, loadsAs, readAll, readValues } from './bench.js';

/** Values that mean something to a store, to JavaScript or to people. */
const oddValues = [
  'Füße 東京 🦊',
  'é',
  'e\u0301',
  'a-b',
  ':',
  '$claim',
  '__proto__',
  'constructor',
  ' ',
  '\u0000',
  '"',
];

/** Pairs of a name and a value that a careless store takes for one and the same. */
const lookAlikes: readonly (readonly [string, string])[] = [
  ['a', 'b:c'],
  ['a.b', 'c'],
  ['a', 'b.c'],
  ['a', 'b-c'],
  ['a', 'b/c'],
  ['a', 'b#c'],
  ['a', 'b c'],
  ['ab', 'c'],
  ['a', 'bc'],
  ['A', 'bc'],
  ['a', 'BC'],
  ['a', 'bc '],
  ['a', '"bc"'],
];

const badParts = [
  { claim: { name: '', value: 'x' }, by: 'me' },
  { claim: { name: 'e-mail', value: 'x' }, by: 'me' },
  { claim: { name: 'a:b', value: 'x' }, by: 'me' },
  { claim: { name: '$email', value: 'x' }, by: 'me' },
  { claim: { name: 'x'.repeat(129), value: 'x' }, by: 'me' },
  { claim: { name: 'email', value: '' }, by: 'me' },
  { claim: { name: 'email', value: 'x'.repeat(513) }, by: 'me' },
  { claim: { name: 'email', value: '\ud800' }, by: 'me' },
  { claim: { name: 'email', value: 'x' }, by: '' },
  { claim: { name: 'email', value: 'x' }, by: 'me', forSeconds: 0 },
  { claim: { name: 'email', value: 'x' }, by: 'me', forSeconds: 1.5 },
  { claim: { name: 'email', value: 'x' }, by: 'me', forSeconds: Number.POSITIVE_INFINITY },
  { release: { name: 'e-mail', value: 'x' }, by: 'me' },
  { release: { name: 'email', value: '' }, by: 'me' },
  { release: { name: 'email', value: 'x' }, by: '' },
] as const;

export const claims: Chapter = {
  'gives a free value to the first who claims it, and says who holds it': async ({ store, newCategory }) => {
    const claim = { name: newCategory(), value: 'ada@example.org' };
    strictEqual(await store.holderOf(claim), undefined);

    deepStrictEqual(await store.transact([{ claim, by: 'account-1' }]), [], 'a claim is no commit');

    strictEqual(await store.holderOf(claim), 'account-1');
  },

  'refuses a value that somebody holds, be it the same holder': async ({ store, newCategory, newStream }) => {
    const claim = { name: newCategory(), value: 'ada@example.org' };
    await store.transact([{ claim, by: 'account-1' }]);

    for (const by of ['account-2', 'account-1']) {
      const stream = newStream();
      await rejects(
        store.transact([appendOf(startOf(stream), 1), { claim, by }]),
        everfoldError('CLAIM_TAKEN', {
          claim: claim.name,
          value: 'ada@example.org',
          holder: 'account-1',
          retryable: false,
        }),
      );
      deepStrictEqual(await readAll(store, stream), [], 'nothing was written');
    }

    strictEqual(await store.holderOf(claim), 'account-1');
  },

  'claims and appends together, or not at all': async ({ store, newCategory, newStream }) => {
    const [first, second] = [1, 2].map((value) => ({ name: newCategory(), value: String(value) }));
    ok(first && second);
    const [stream, moved] = [newStream(), newStream()];
    await store.append(appendOf(startOf(moved), 'moved'));

    await rejects(
      store.transact([{ claim: first, by: 'me' }, appendOf(startOf(stream), 1), appendOf(startOf(moved), 2)]),
      everfoldError('CONFLICT', { stream: moved }),
    );
    await rejects(
      store.transact([{ claim: first, by: 'me' }, { unchanged: startOf(moved) }]),
      everfoldError('CONFLICT', { stream: moved }),
    );
    await rejects(
      store.transact([{ claim: first, by: 'me' }, appendOf(startOf(stream), Number.NaN)]),
      everfoldError('INVALID_EVENT'),
    );
    deepStrictEqual([await store.holderOf(first), await readAll(store, stream)], [undefined, []]);

    await store.transact([{ claim: first, by: 'me' }, appendOf(startOf(stream), 1), { claim: second, by: 'you' }]);

    deepStrictEqual(
      [await store.holderOf(first), await store.holderOf(second), await readValues(store, stream)],
      ['me', 'you', [1]],
    );
  },

  'frees a value that its holder releases': async ({ store, newCategory, newStream }) => {
    const claim = { name: newCategory(), value: 'x' };
    const stream = newStream();
    await store.transact([{ claim, by: 'account-1' }]);

    await store.transact([{ release: claim, by: 'account-1' }, appendOf(startOf(stream), 1)]);

    deepStrictEqual([await store.holderOf(claim), await readValues(store, stream)], [undefined, [1]]);
    await store.transact([{ claim, by: 'account-2' }]);
    strictEqual(await store.holderOf(claim), 'account-2');
  },

  'refuses the release of what somebody else holds, and leaves nothing': async ({ store, newCategory, newStream }) => {
    const claim = { name: newCategory(), value: 'x' };
    const stream = newStream();
    await store.transact([{ claim, by: 'account-1' }]);

    await rejects(
      store.transact([appendOf(startOf(stream), 1), { release: claim, by: 'account-2' }]),
      everfoldError('CLAIM_TAKEN', { claim: claim.name, value: 'x', holder: 'account-1' }),
    );

    deepStrictEqual([await store.holderOf(claim), await readAll(store, stream)], ['account-1', []]);
  },

  'keeps a claim when the transaction that releases it fails': async ({ store, newCategory, newStream }) => {
    const claim = { name: newCategory(), value: 'x' };
    const stream = newStream();
    await store.append(appendOf(startOf(stream), 1));
    await store.transact([{ claim, by: 'account-1' }]);

    await rejects(
      store.transact([{ release: claim, by: 'account-1' }, appendOf(startOf(stream), 2)]),
      everfoldError('CONFLICT', { stream }),
    );

    strictEqual(await store.holderOf(claim), 'account-1');
  },

  'lets a release of what is free be': async ({ store, newCategory, newStream }) => {
    const claim = { name: newCategory(), value: 'x' };
    const stream = newStream();

    deepStrictEqual(await store.transact([{ release: claim, by: 'me' }]), []);
    await store.transact([{ release: claim, by: 'me' }, appendOf(startOf(stream), 1)]);

    deepStrictEqual([await store.holderOf(claim), await readValues(store, stream)], [undefined, [1]]);
  },

  'refuses a value twice in one transaction, whether claimed or released': async ({ store, newCategory }) => {
    const claim = { name: newCategory(), value: 'x' };
    const again = { ...claim };

    for (const other of [
      { claim: again, by: 'you' },
      { release: again, by: 'me' },
    ]) {
      await rejects(store.transact([{ claim, by: 'me' }, other]), everfoldError('INVALID_ARGUMENT'));
    }

    strictEqual(await store.holderOf(claim), undefined);
  },

  'takes odd values as they stand': async ({ store, newCategory }) => {
    const name = newCategory();
    const values = [...oddValues, 'x'.repeat(512), '\u6771'.repeat(512)];

    for (const [index, value] of values.entries()) {
      await store.transact([{ claim: { name, value }, by: `holder ${index} of ${value.slice(0, 10)}` }]);
    }

    for (const [index, value] of values.entries()) {
      strictEqual(await store.holderOf({ name, value }), `holder ${index} of ${value.slice(0, 10)}`);
    }
    const long = { name: name.padEnd(128, 'x'), value: '\u6771'.repeat(512) };
    await store.transact([{ claim: long, by: 'me' }]);
    strictEqual(await store.holderOf(long), 'me');
  },

  'takes no two values for one': async ({ store, newCategory }) => {
    const category = newCategory();
    const keys = lookAlikes.map(([name, value]) => ({ name: `${category}.${name}`, value }));

    await store.transact(keys.map((claim, index) => ({ claim, by: `holder ${index}` })));

    deepStrictEqual(
      await Promise.all(keys.map((key) => store.holderOf(key))),
      keys.map((_, index) => `holder ${index}`),
    );
  },

  'refuses what cannot be claimed': async ({ store, newStream }) => {
    const stream = newStream();

    for (const part of badParts) {
      await rejects(store.transact([appendOf(startOf(stream), 1), part]), everfoldError('INVALID_ARGUMENT'));
    }
    await rejects(store.holderOf({ name: 'e-mail', value: 'x' }), everfoldError('INVALID_ARGUMENT'));
    await rejects(store.holderOf({ name: 'email', value: '' }), everfoldError('INVALID_ARGUMENT'));

    deepStrictEqual(await readAll(store, stream), []);
  },

  'lets at most one of many claim a value': async ({ store, newCategory }) => {
    const claim = { name: newCategory(), value: 'x' };
    const holders = Array.from({ length: 10 }, (_, index) => `account-${index}`);

    const settled = await Promise.allSettled(holders.map((by) => store.transact([{ claim, by }])));

    const winners = holders.filter((_, index) => settled[index]?.status === 'fulfilled');
    ok(winners.length <= 1, `${winners.length} hold it`);
    strictEqual(await store.holderOf(claim), winners[0]);
  },

  'shows claims to nobody who reads, scans or lists streams': async ({ store, newCategory }) => {
    const category = newCategory();
    const stream = `${category}-x`;
    for (const [name, value] of [
      [category, 'x'],
      [`${category}.claim`, stream],
      ['email', stream],
    ] as const) {
      await store.transact([{ claim: { name, value }, by: stream }]);
    }

    const pages = await collect(store.scan());
    const own = pages.flatMap(({ commits }) => commits.filter((commit) => commit.stream.includes(category)));

    deepStrictEqual([own, await collect(store.streams(category))], [[], []]);
    for (const name of [stream, category, `${category}:x`, 'x', `email:${stream}`]) {
      deepStrictEqual(await readAll(store, name), []);
      loadsAs(await store.load(name), { commits: [] });
    }
    strictEqual((await store.append(appendOf(startOf(stream), 1))).version, 1, 'a stream of such a name is new');
    strictEqual(await store.holderOf({ name: category, value: 'x' }), stream);
  },
};
