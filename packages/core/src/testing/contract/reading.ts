import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { type Commit, endOf, startOf } from '../../commit.js';
import { appendOf, type Chapter, fiveCommits, noise, readAll, readValues } from './bench.js';

export const reading: Chapter = {
  'finds nothing in a stream that does not exist': async ({ store, newStream }) => {
    deepStrictEqual(await readAll(store, newStream()), []);
    deepStrictEqual(await readAll(store, newStream(), { after: 3, upTo: 9 }), []);
  },

  'gives the commits in version order': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);

    deepStrictEqual(await readAll(bench.store, stream), commits);
  },

  'gives the same again': async (bench) => {
    const { stream } = await fiveCommits(bench);

    deepStrictEqual(await readAll(bench.store, stream), await readAll(bench.store, stream));
  },

  'begins after a version that is known already': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);

    deepStrictEqual(await readAll(bench.store, stream, { after: 0 }), commits);
    deepStrictEqual(await readAll(bench.store, stream, { after: 3 }), commits.slice(1));
    deepStrictEqual(await readAll(bench.store, stream, { after: 7 }), commits.slice(4));
  },

  'finds nothing after the end': async (bench) => {
    const { stream } = await fiveCommits(bench);

    deepStrictEqual(await readAll(bench.store, stream, { after: 10 }), []);
    deepStrictEqual(await readAll(bench.store, stream, { after: 1_000 }), []);
  },

  'ends with the last commit that begins no later than a version': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);

    deepStrictEqual(await readAll(bench.store, stream, { upTo: 1 }), commits.slice(0, 1));
    deepStrictEqual(await readAll(bench.store, stream, { upTo: 3 }), commits.slice(0, 1));
    deepStrictEqual(await readAll(bench.store, stream, { upTo: 4 }), commits.slice(0, 2));
    deepStrictEqual(await readAll(bench.store, stream, { upTo: 9 }), commits);
    deepStrictEqual(await readAll(bench.store, stream, { upTo: Number.MAX_SAFE_INTEGER }), commits);
    deepStrictEqual(await readAll(bench.store, stream, { upTo: Number.POSITIVE_INFINITY }), commits);
  },

  'reads a range from the middle': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);

    deepStrictEqual(await readAll(bench.store, stream, { after: 3, upTo: 6 }), commits.slice(1, 3));
  },

  'finds nothing in a range that ends before it begins': async (bench) => {
    const { stream } = await fiveCommits(bench);

    deepStrictEqual(await readAll(bench.store, stream, { upTo: 0 }), []);
    deepStrictEqual(await readAll(bench.store, stream, { after: 4, upTo: 4 }), []);
    deepStrictEqual(await readAll(bench.store, stream, { after: 5, upTo: 5 }), []);
    deepStrictEqual(await readAll(bench.store, stream, { after: 6, upTo: 2 }), []);
    deepStrictEqual(await readAll(bench.store, stream, { after: 9, upTo: 8 }), []);
  },

  'reads more than a megabyte in order, forward and backward': async ({ store, newStream }) => {
    const stream = newStream();
    let after = startOf(stream);
    const expected: string[] = [];
    for (let count = 0; count < 14; count++) {
      const value = noise(100_000, count);
      expected.push(value);
      after = endOf(await store.append(appendOf(after, value)));
    }

    const forward = await readValues(store, stream);
    const backward = await readValues(store, stream, { backward: true });
    const limited = await readValues(store, stream, { backward: true, limit: 13 });

    strictEqual(forward.length, 14);
    ok(
      forward.every((value, index) => value === expected[index]),
      'the values come back whole and in order',
    );
    ok(
      backward.every((value, index) => value === expected[13 - index]) && backward.length === 14,
      'backward, they come in the opposite order',
    );
    strictEqual(limited.length, 13, 'the limit counts over all requests that it takes');
  },

  'lets go when the reader stops': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);
    const seen: Commit[] = [];

    for await (const commit of bench.store.read(stream)) {
      seen.push(commit);
      if (seen.length === 2) break;
    }

    deepStrictEqual(seen, commits.slice(0, 2));
  },
};
