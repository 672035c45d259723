import { ok, rejects, strictEqual } from 'node:assert/strict';
import { type Commit, endOf, startOf } from '../../commit.js';
import type { LoadQuery } from '../../event-store.js';
import {
  appendOf,
  type Bench,
  type Chapter,
  everfoldError,
  fiveCommits,
  loadsAs,
  noise,
  readAll,
  valuesOf,
} from './bench.js';

/** Queries that make no sense. */
const badQueries: readonly LoadQuery[] = [
  { upTo: -1 },
  { upTo: Number.NaN },
  { until: '' },
  { until: 'yesterday' },
  { until: '2026-01-02' },
  { until: '2026-01-02T03:04:05Z' },
  { until: '2026-01-02T03:04:05.006+01:00' },
  { snapshots: { schema: '1', every: 0 } },
  { snapshots: { schema: '1', every: 2.5 } },
  { snapshots: { schema: '1', every: Number.NaN } },
];

/** A stream of four commits, each recorded later than the one before. */
async function fourTimes({ store, newStream, passTime }: Bench): Promise<{ stream: string; commits: Commit[] }> {
  const stream = newStream();
  const commits: Commit[] = [];
  let after = startOf(stream);
  for (let count = 0; count < 4; count++) {
    const commit = await store.append(appendOf(after, count, count));
    commits.push(commit);
    after = endOf(commit);
    await passTime(20);
  }
  return { stream, commits };
}

const later = (time: string, milliseconds: number): string => new Date(Date.parse(time) + milliseconds).toISOString();

export const loading: Chapter = {
  'finds nothing in a stream that does not exist': async ({ store, newStream }) => {
    loadsAs(await store.load(newStream()), { commits: [] });
    loadsAs(await store.load(newStream(), { snapshots: { schema: '1', every: 10 } }), { commits: [] });
  },

  'gives what reading gives': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);

    loadsAs(await bench.store.load(stream), { commits });
    for (let upTo = 0; upTo <= 11; upTo++) {
      loadsAs(await bench.store.load(stream, { upTo }), {
        commits: await readAll(bench.store, stream, { upTo }),
      });
    }
  },

  'begins after the position that is known already': async (bench) => {
    const { stream, commits, end } = await fiveCommits(bench);

    loadsAs(await bench.store.load(stream, { after: startOf(stream) }), { commits });
    for (const [index, commit] of commits.entries()) {
      loadsAs(await bench.store.load(stream, { after: endOf(commit) }), { commits: commits.slice(index + 1) });
    }
    loadsAs(await bench.store.load(stream, { after: endOf(commits[0]), upTo: 5 }), {
      commits: commits.slice(1, 3),
    });
    loadsAs(await bench.store.load(stream, { after: end, upTo: 5 }), { commits: [] });
  },

  'gives the stream as of a time: up to the last commit recorded no later': async (bench) => {
    const { stream, commits } = await fourTimes(bench);

    for (const [index, { at }] of commits.entries()) {
      loadsAs(await bench.store.load(stream, { until: at }), { commits: commits.slice(0, index + 1) });
      loadsAs(await bench.store.load(stream, { until: later(at, 1) }), {
        commits: commits.slice(0, index + 1),
      });
      loadsAs(await bench.store.load(stream, { until: later(at, -1) }), { commits: commits.slice(0, index) });
    }
  },

  'gives nothing as of a time before the first commit, and all as of the future': async (bench) => {
    const { stream, commits } = await fourTimes(bench);

    loadsAs(await bench.store.load(stream, { until: '1970-01-01T00:00:00.000Z' }), { commits: [] });
    loadsAs(await bench.store.load(stream, { until: '9999-12-31T23:59:59.999Z' }), { commits });
  },

  'ends where the version or the time says, whichever is first, and begins after what is known': async (bench) => {
    const { stream, commits } = await fourTimes(bench);
    const [first, second, third] = commits;
    ok(first && second);
    const [early, late] = [second.at, third?.at ?? ''];

    loadsAs(await bench.store.load(stream, { until: early, upTo: 6 }), { commits: [first, second] });
    loadsAs(await bench.store.load(stream, { until: late, upTo: 2 }), { commits: [first] });
    loadsAs(await bench.store.load(stream, { until: late, after: endOf(first) }), { commits: [second, third] });
    loadsAs(await bench.store.load(stream, { until: early, after: endOf(second) }), { commits: [] });
  },

  'loads more than a megabyte': async ({ store, newStream }) => {
    const stream = newStream();
    let after = startOf(stream);
    const values = Array.from({ length: 14 }, (_, index) => noise(100_000, index));
    for (const value of values) after = endOf(await store.append(appendOf(after, value)));

    const loaded = valuesOf((await store.load(stream)).commits);

    strictEqual(loaded.length, 14);
    strictEqual(
      loaded.findIndex((value, index) => value !== values[index]),
      -1,
      'the values come back whole and in order',
    );
  },

  'refuses a position of another stream': async (bench) => {
    const [one, other] = [await fiveCommits(bench), bench.newStream()];

    await rejects(bench.store.load(other, { after: one.end }), everfoldError('INVALID_ARGUMENT'));
  },

  'refuses a query that makes no sense': async ({ store, newStream }) => {
    const stream = newStream();
    await store.append(appendOf(startOf(stream), 1));

    for (const query of badQueries) await rejects(store.load(stream, query), everfoldError('INVALID_ARGUMENT'));
    await rejects(store.load(''), everfoldError('INVALID_ARGUMENT'));
  },
};
