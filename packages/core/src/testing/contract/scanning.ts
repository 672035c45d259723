import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { type Commit, endOf, startOf } from '../../commit.js';
import type { EventStore, ScanOptions, ScanPage, ScanProgress } from '../../event-store.js';
import { appendOf, appendSizes, type Bench, type Chapter, collect, everfoldError, noise } from './bench.js';

const SEGMENTS = [1, 2, 3, 4] as const;

/** What makes no sense, whatever the store holds. */
const badOptions: readonly ScanOptions[] = [
  { segments: 0 },
  { segments: -1 },
  { segments: 1.5 },
  { segments: Number.NaN },
  { segments: 1_000_001 },
  { unitsPerSecond: 0 },
  { unitsPerSecond: -5 },
  { unitsPerSecond: Number.NaN },
  { category: '' },
  { category: 'a-b' },
  { category: '$claim' },
];

/** No text of this kind was ever the cursor of a scan. */
const foreignCursors = ['', 'nonsense', '%', ...['null', '5', '"a"', '[]', '{}'].map(base64url)];

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** A category of six streams, of several commits each, beside categories of similar names. */
async function sixStreams({ store, newCategory }: Bench): Promise<{
  readonly category: string;
  readonly commits: readonly Commit[];
}> {
  const category = newCategory();
  const streams = ['1', '2', 'a-b', 'Füße 🦊', `${category}-1`, '6'].map((id) => `${category}-${id}`);
  const commits = await Promise.all(streams.map((stream, index) => appendSizes(store, stream, 1, 2, index + 1, 1)));
  for (const neighbour of [`${category}x-1`, `${category}.b-1`, `x${category}-1`]) {
    await appendSizes(store, neighbour, 1, 2);
  }
  return { category, commits: commits.flat() };
}

/** By stream, those of one stream in the order they came. */
function byStream(commits: readonly Commit[]): Record<string, Commit[]> {
  const streams: Record<string, Commit[]> = {};
  for (const commit of commits) {
    streams[commit.stream] ??= [];
    streams[commit.stream]?.push(commit);
  }
  return streams;
}

const commitsOf = (pages: readonly ScanPage[]): Commit[] => pages.flatMap(({ commits }) => commits);

async function scanned(store: EventStore, options: ScanOptions): Promise<Record<string, Commit[]>> {
  return byStream(commitsOf(await collect(store.scan(options))));
}

export const scanning: Chapter = {
  'gives every commit of a category once, those of a stream in order, with any number of segments': async (bench) => {
    const { category, commits } = await sixStreams(bench);

    for (const segments of SEGMENTS) {
      deepStrictEqual(await scanned(bench.store, { category, segments }), byStream(commits));
    }
    deepStrictEqual(await scanned(bench.store, { category }), byStream(commits));
  },

  'gives the commits of all categories to one who names none': async (bench) => {
    const { category, commits } = await sixStreams(bench);

    for (const segments of [undefined, 3]) {
      const all = commitsOf(await collect(bench.store.scan(segments === undefined ? undefined : { segments })));

      deepStrictEqual(byStream(all.filter(({ stream }) => stream.startsWith(`${category}-`))), byStream(commits));
      strictEqual(all.filter(({ stream }) => stream.startsWith(`${category}x-`)).length, 2);
    }
  },

  'finds nothing of a category that has no streams': async ({ store, newCategory }) => {
    deepStrictEqual(await scanned(store, { category: newCategory(), segments: 2 }), {});
  },

  'keeps the order of a stream over its pages': async ({ store, newCategory }) => {
    const category = newCategory();
    const small = await appendSizes(store, `${category}-1`, ...new Array<number>(120).fill(1));
    const large: Commit[] = [];
    let after = startOf(`${category}-2`);
    for (let count = 0; count < 14; count++) {
      const commit = await store.append(appendOf(after, noise(100_000, count)));
      large.push(commit);
      after = endOf(commit);
    }

    for (const segments of [1, 3]) {
      const found = await scanned(store, { category, segments });

      deepStrictEqual(found[`${category}-1`], small);
      deepStrictEqual(
        found[`${category}-2`]?.map(({ id }) => id),
        large.map(({ id }) => id),
      );
    }
  },

  'goes on from the cursor of every page': async (bench) => {
    const { category, commits } = await sixStreams(bench);

    for (const segments of [1, 4]) {
      const pages = await collect(bench.store.scan({ category, segments }));
      // Where two pages differ in nothing of this category, one cursor is as good as the other.
      const telling = pages.map((page, index) => ({ page, index })).filter(({ page }) => page.commits.length > 0);
      strictEqual(telling.length > 0, true);

      for (const { page, index } of telling) {
        const rest = await collect(bench.store.scan({ category, segments, cursor: page.cursor }));
        deepStrictEqual(byStream(commitsOf([...pages.slice(0, index + 1), ...rest])), byStream(commits));
      }
    }
  },

  'finds nothing more from the cursor of the last page': async (bench) => {
    const { category } = await sixStreams(bench);

    for (const segments of SEGMENTS) {
      const pages = await collect(bench.store.scan({ category, segments }));
      const cursor = pages.at(-1)?.cursor ?? 'there is no last page';

      deepStrictEqual(await scanned(bench.store, { category, segments, cursor }), {});
    }
  },

  'tells how far it has come, before it hands out a page': async (bench) => {
    const { category, commits } = await sixStreams(bench);

    for (const segments of SEGMENTS) {
      const told: ScanProgress[] = [];
      const onProgress = (progress: ScanProgress) => told.push({ ...progress });
      let [pages, given, events] = [0, 0, 0];
      for await (const page of bench.store.scan({ category, segments, onProgress })) {
        pages++;
        given += page.commits.length;
        events += page.commits.reduce((sum, commit) => sum + commit.events.length, 0);
        const now = told.at(-1);
        deepStrictEqual([told.length, now?.commits, now?.events, now?.segments], [pages, given, events, segments]);
      }

      strictEqual(given, commits.length);
      strictEqual(told.at(-1)?.segmentsDone, segments);
      for (const count of ['requests', 'readUnits', 'segmentsDone'] as const) {
        const counts = told.map((progress) => progress[count]);
        deepStrictEqual(
          [...counts].sort((one, next) => one - next),
          counts,
          `${count} only grows`,
        );
      }
      ok((told.at(-1)?.requests ?? 0) >= segments, 'every segment takes a request');
    }
  },

  'counts from 0 again when it goes on from a cursor': async (bench) => {
    const { category } = await sixStreams(bench);
    const options = { category, segments: 4 };
    const [first] = await collect(bench.store.scan(options));
    const cursor = first?.cursor ?? 'there is no page';
    const told: ScanProgress[] = [];

    const onProgress = (progress: ScanProgress) => told.push({ ...progress });
    const rest = await collect(bench.store.scan({ ...options, cursor, onProgress }));

    deepStrictEqual([told.length, told.at(-1)?.commits], [rest.length, commitsOf(rest).length]);
  },

  'refuses a cursor of another number of segments, and what is no cursor': async (bench) => {
    const { category } = await sixStreams(bench);
    const [page] = await collect(bench.store.scan({ category, segments: 2 }));

    for (const segments of [1, 3]) {
      await rejects(
        scanned(bench.store, { category, segments, cursor: page?.cursor ?? '' }),
        everfoldError('INVALID_ARGUMENT'),
      );
    }
    for (const cursor of foreignCursors) {
      await rejects(scanned(bench.store, { category, cursor }), everfoldError('INVALID_ARGUMENT'));
    }
  },

  'refuses a scan that makes no sense': async ({ store }) => {
    for (const options of badOptions) await rejects(scanned(store, options), everfoldError('INVALID_ARGUMENT'));
  },

  'gives the same at a measured pace': async (bench) => {
    const { category, commits } = await sixStreams(bench);

    deepStrictEqual(
      await scanned(bench.store, { category, segments: 2, unitsPerSecond: 1_000_000 }),
      byStream(commits),
    );
  },

  'lets go when the reader stops': async (bench) => {
    const { category, commits } = await sixStreams(bench);

    for await (const page of bench.store.scan({ category, segments: 4 })) {
      if (page.commits.length > 0) break;
    }

    deepStrictEqual(await scanned(bench.store, { category }), byStream(commits));
  },
};
