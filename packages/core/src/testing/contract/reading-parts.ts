import { deepStrictEqual, rejects } from 'node:assert/strict';
import { recordedEvents } from '../../commit.js';
import type { ReadRange } from '../../event-store.js';
import { type Chapter, everfoldError, fiveCommits, readAll, readValues } from './bench.js';

/** Ranges that make no sense. */
const badRanges: readonly ReadRange[] = [
  { after: -1 },
  { after: 1.5 },
  { after: Number.NaN },
  { after: Number.POSITIVE_INFINITY },
  { upTo: -1 },
  { upTo: 2.5 },
  { upTo: Number.NaN },
  { upTo: Number.NEGATIVE_INFINITY },
  { limit: 0 },
  { limit: -1 },
  { limit: 0.5 },
  { limit: Number.NaN },
];

export const readingParts: Chapter = {
  'gives the rest of a commit when its first events are known already': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);
    const [first, ...others] = commits;

    deepStrictEqual(await readAll(bench.store, stream, { after: 1 }), [
      { ...first, version: 2, events: first?.events.slice(1), offset: 1 },
      ...others,
    ]);
    deepStrictEqual(await readAll(bench.store, stream, { after: 9 }), [
      { ...commits[4], version: 10, events: commits[4]?.events.slice(2), offset: 2 },
    ]);
  },

  'carries on with the same ids and versions after every event': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);
    const all = commits.flatMap(recordedEvents);

    for (let after = 0; after <= 10; after++) {
      const rest = (await readAll(bench.store, stream, { after })).flatMap(recordedEvents);

      deepStrictEqual(
        rest,
        all.filter(({ version }) => version > after),
      );
    }
  },

  'gives the whole of a commit that goes on beyond the end of the range': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);

    deepStrictEqual(await readAll(bench.store, stream, { upTo: 2 }), commits.slice(0, 1));
    deepStrictEqual(await readAll(bench.store, stream, { after: 3, upTo: 5 }), commits.slice(1, 3));
    deepStrictEqual(await readValues(bench.store, stream, { after: 8, upTo: 9 }), [9, 10]);
  },

  'gives the latest commit first when it reads backward': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);
    const backward = [...commits].reverse();

    deepStrictEqual(await readAll(bench.store, stream, { backward: true }), backward);
    deepStrictEqual(await readAll(bench.store, stream, { backward: true, upTo: 6 }), backward.slice(2));
    deepStrictEqual(await readAll(bench.store, stream, { backward: true, upTo: 9 }), backward);
    deepStrictEqual(await readAll(bench.store, stream, { backward: true, after: 4 }), backward.slice(0, 3));
    deepStrictEqual(await readAll(bench.store, stream, { backward: true, after: 3, upTo: 6 }), backward.slice(2, 4));
    deepStrictEqual(await readAll(bench.store, stream, { backward: false }), commits);
  },

  'keeps the events of a commit in order when it reads backward': async (bench) => {
    const { stream } = await fiveCommits(bench);

    deepStrictEqual(await readValues(bench.store, stream, { backward: true }), [8, 9, 10, 7, 5, 6, 4, 1, 2, 3]);
  },

  'ends with the rest of a commit when it reads backward to the middle of it': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);

    deepStrictEqual(await readAll(bench.store, stream, { backward: true, after: 5, upTo: 7 }), [
      commits[3],
      { ...commits[2], version: 6, events: commits[2]?.events.slice(1), offset: 1 },
    ]);
  },

  'finds nothing backward where there is nothing': async (bench) => {
    const { stream } = await fiveCommits(bench);

    deepStrictEqual(await readAll(bench.store, bench.newStream(), { backward: true }), []);
    deepStrictEqual(await readAll(bench.store, stream, { backward: true, after: 10 }), []);
    deepStrictEqual(await readAll(bench.store, stream, { backward: true, upTo: 0 }), []);
    deepStrictEqual(await readAll(bench.store, stream, { backward: true, after: 6, upTo: 2 }), []);
  },

  'gives as many commits as it is asked for, or all there are': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);
    const backward = [...commits].reverse();

    for (const limit of [1, 2, 3, 4, 5, 6, 1_000, Number.POSITIVE_INFINITY]) {
      deepStrictEqual(await readAll(bench.store, stream, { limit }), commits.slice(0, limit));
      deepStrictEqual(await readAll(bench.store, stream, { limit, backward: true }), backward.slice(0, limit));
    }
  },

  'counts the commits of the range, and the rest of one as one': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);

    deepStrictEqual(await readAll(bench.store, stream, { limit: 2, after: 3 }), commits.slice(1, 3));
    deepStrictEqual(await readAll(bench.store, stream, { limit: 2, after: 3, upTo: 4 }), commits.slice(1, 2));
    deepStrictEqual(await readValues(bench.store, stream, { limit: 1, after: 2 }), [3]);
    deepStrictEqual(await readValues(bench.store, stream, { limit: 2, after: 5 }), [6, 7]);
    deepStrictEqual(await readValues(bench.store, stream, { limit: 1, after: 5, backward: true }), [8, 9, 10]);
    deepStrictEqual(await readValues(bench.store, stream, { limit: 1, upTo: 5, backward: true }), [5, 6]);
  },

  'refuses a range that makes no sense': async (bench) => {
    const { stream } = await fiveCommits(bench);

    for (const range of badRanges) {
      for (const backward of [false, true]) {
        await rejects(readAll(bench.store, stream, { ...range, backward }), everfoldError('INVALID_ARGUMENT'));
      }
    }
    await rejects(readAll(bench.store, ''), everfoldError('INVALID_ARGUMENT'));
  },
};
