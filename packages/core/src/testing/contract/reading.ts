import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { type Commit, endOf, startOf } from '../../commit.js';
import { appendOf, type Bench, type Chapter, readAll, readValues } from './bench.js';

/** A stream of five commits, with the versions 1–3, 4, 5–6, 7, 8–10. */
async function fiveCommits({ store, newStream }: Bench): Promise<{ stream: string; commits: readonly Commit[] }> {
  const stream = newStream();
  const commits: Commit[] = [];
  for (const size of [3, 1, 2, 1, 3]) {
    const last = commits.at(-1);
    commits.push(
      await store.append(appendOf(last ? endOf(last) : startOf(stream), ...Array.from({ length: size }, () => size))),
    );
  }
  return { stream, commits };
}

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
    deepStrictEqual(await readAll(bench.store, stream, { after: 6, upTo: 2 }), []);
  },

  'reads more than a megabyte in order': async ({ store, newStream }) => {
    const stream = newStream();
    let after = startOf(stream);
    const expected: string[] = [];
    for (let count = 0; count < 14; count++) {
      const value = `${count}`.padStart(100_000, 'large ');
      expected.push(value);
      after = endOf(await store.append(appendOf(after, value)));
    }

    const values = await readValues(store, stream);

    strictEqual(values.length, 14);
    ok(
      values.every((value, index) => value === expected[index]),
      'the values come back whole and in order',
    );
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
