import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { endOf, startOf } from '../../commit.js';
import { appendOf, type Chapter, everfoldError, readAll, readValues } from './bench.js';

export const transactions: Chapter = {
  'records a commit in every stream': async ({ store, newStream }) => {
    const [order, stock] = [newStream(), newStream()];
    const opened = await store.append(appendOf(startOf(stock), 'opened'));

    const commits = await store.transact([
      appendOf(startOf(order), 'placed', 'paid'),
      appendOf(endOf(opened), 'reserved'),
    ]);

    deepStrictEqual(
      commits.map(({ stream, version, last }) => ({ stream, version, last })),
      [
        { stream: order, version: 1, last: 2 },
        { stream: stock, version: 2, last: 2 },
      ],
    );
    deepStrictEqual(
      [...(await readAll(store, order)), ...(await readAll(store, stock))],
      [commits[0], opened, commits[1]],
    );
  },

  'gives every commit an id of its own': async ({ store, newStream }) => {
    const commits = await store.transact([1, 2, 3].map((value) => appendOf(startOf(newStream()), value)));

    strictEqual(new Set(commits.map(({ id }) => id)).size, 3);
  },

  'leaves nothing when one of its streams has moved on': async ({ store, newStream }) => {
    const streams = [newStream(), newStream(), newStream()];
    const [first = '', moved = '', third = ''] = streams;
    await store.append(appendOf(startOf(moved), 'moved'));

    await rejects(
      store.transact([appendOf(startOf(first), 1), appendOf(startOf(moved), 2), appendOf(startOf(third), 3)]),
      everfoldError('CONFLICT', { stream: moved, expected: 0 }),
    );

    deepStrictEqual(await Promise.all(streams.map((stream) => readValues(store, stream))), [[], ['moved'], []]);
  },

  'leaves nothing when one of its events cannot be recorded': async ({ store, newStream }) => {
    const [sound, flawed] = [newStream(), newStream()];

    await rejects(
      store.transact([appendOf(startOf(sound), 1), appendOf(startOf(flawed), Number.NaN)]),
      everfoldError('INVALID_EVENT'),
    );

    deepStrictEqual([await readAll(store, sound), await readAll(store, flawed)], [[], []]);
  },

  'leaves nothing when one of its commits has no events': async ({ store, newStream }) => {
    const [sound, empty] = [newStream(), newStream()];

    await rejects(
      store.transact([appendOf(startOf(sound), 1), appendOf(startOf(empty))]),
      everfoldError('INVALID_ARGUMENT'),
    );

    deepStrictEqual(await readAll(store, sound), []);
  },

  'refuses the same stream twice': async ({ store, newStream }) => {
    const stream = newStream();

    await rejects(
      store.transact([appendOf(startOf(stream), 1), appendOf(startOf(stream), 2)]),
      everfoldError('INVALID_ARGUMENT'),
    );

    deepStrictEqual(await readAll(store, stream), []);
  },

  'refuses to append nothing': async ({ store }) => {
    await rejects(store.transact([]), everfoldError('INVALID_ARGUMENT'));
  },

  'takes 100 streams': async ({ store, newStream }) => {
    const streams = Array.from({ length: 100 }, newStream);

    await store.transact(streams.map((stream, index) => appendOf(startOf(stream), index)));

    deepStrictEqual(
      await Promise.all(streams.map((stream) => readValues(store, stream))),
      streams.map((_, index) => [index]),
    );
  },

  'refuses 101 streams': async ({ store, newStream }) => {
    const streams = Array.from({ length: 101 }, newStream);

    await rejects(
      store.transact(streams.map((stream) => appendOf(startOf(stream), 1))),
      everfoldError('COMMIT_TOO_LARGE', { stream: streams[0] }),
    );

    deepStrictEqual(await readAll(store, streams[0] ?? ''), []);
  },

  'of one stream is an append': async ({ store, newStream }) => {
    const stream = newStream();

    const commits = await store.transact([appendOf(startOf(stream), 1, 2)]);

    deepStrictEqual(await readAll(store, stream), commits);
    await rejects(store.transact([appendOf(startOf(stream), 3)]), everfoldError('CONFLICT', { stream, expected: 0 }));
  },
};
