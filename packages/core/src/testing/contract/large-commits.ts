import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { type Append, type Commit, endOf, type Position, recordedEvents, startOf } from '../../commit.js';
import type { EventStore } from '../../event-store.js';
import {
  appendOf,
  appendSizes,
  type Bench,
  type Chapter,
  collect,
  everfoldError,
  folded,
  loadsAs,
  metadata,
  noise,
  readAll,
  wholeCommits,
} from './bench.js';

const MEGABYTE = 1_000_000;
const EVENTS = 100;

/** A commit of 100 events that is so many bytes of JSON, or a little less; nothing makes it much smaller. */
export function largeAppend(after: Position, bytes: number): Append {
  const length = Math.floor(bytes / EVENTS) - 100;
  return appendOf(after, ...Array.from({ length: EVENTS }, (_, index) => noise(length, index)));
}

/** `deepStrictEqual` of megabytes would print them. */
export function same(actual: unknown, expected: unknown, message: string): void {
  strictEqual(JSON.stringify(actual) === JSON.stringify(expected), true, message);
}

/** A stream of a small commit, a large one of the versions 2–101, and another small one. */
async function largeAmongSmall({ store, newStream }: Bench, bytes: number) {
  const stream = newStream();
  const [first] = await appendSizes(store, stream, 1);
  ok(first);
  const large = await store.append(largeAppend(endOf(first), bytes));
  const last = await store.append(appendOf(endOf(large), 'last'));
  return { stream, commits: [first, large, last] as const };
}

/** What a store does with commits of about a megabyte, or as large as it takes. */
export function largeCommits(largestCommitBytes = MEGABYTE): Chapter {
  const bytes = Math.min(MEGABYTE, largestCommitBytes);
  const readsAs = async (store: EventStore, stream: string, commits: readonly Commit[], message: string) =>
    same(await readAll(store, stream), commits, message);

  return {
    'gives a large commit back as one': async (bench) => {
      const { stream, commits } = await largeAmongSmall(bench, bytes);

      deepStrictEqual([commits[1].version, commits[1].last, commits[2].version], [2, 101, 102]);
      await readsAs(bench.store, stream, commits, 'reading');
      same(await readAll(bench.store, stream, { backward: true }), [...commits].reverse(), 'reading backward');
      same(folded(await bench.store.load(stream)), folded({ commits }), 'loading');
    },

    'counts it as one, and gives the whole of it, wherever a range ends': async (bench) => {
      const { stream, commits } = await largeAmongSmall(bench, bytes);
      const { store } = bench;

      same(await readAll(store, stream, { limit: 2 }), commits.slice(0, 2), 'a limit');
      same(await readAll(store, stream, { limit: 2, backward: true }), [commits[2], commits[1]], 'a limit, backward');
      for (const upTo of [2, 3, 50, 100]) {
        same(await readAll(store, stream, { upTo }), commits.slice(0, 2), `reading up to ${upTo}`);
        same(await readAll(store, stream, { upTo, backward: true, limit: 1 }), [commits[1]], `backward from ${upTo}`);
        same(
          folded(await store.load(stream, { upTo })),
          folded({ commits: commits.slice(0, 2) }),
          `loading up to ${upTo}`,
        );
      }
      same(
        folded(await store.load(stream, { until: commits[1].at, upTo: 101 })),
        folded({ commits: commits.slice(0, 2) }),
        'until',
      );
    },

    'gives the rest of it after any of its events': async (bench) => {
      const { stream, commits } = await largeAmongSmall(bench, bytes);
      const all = commits.flatMap(recordedEvents);

      for (const after of [2, 17, 50, 99, 100, 101]) {
        const expected = all.filter(({ version }) => version > after);
        const read = await readAll(bench.store, stream, { after });
        const backward = await readAll(bench.store, stream, { after, backward: true });
        same(read.flatMap(recordedEvents), expected, `reading after ${after}`);
        same([...backward].reverse(), read, `reading backward to ${after}`);
        strictEqual(read.length, after === 101 ? 1 : 2);
      }
      for (const [index, commit] of commits.entries()) {
        const loaded = await bench.store.load(stream, { after: endOf(commit) });
        same(folded(loaded), folded({ commits: commits.slice(index + 1) }), `loading after ${commit.last}`);
      }
    },

    'refuses stale positions before it, and tells of the whole of it if of any': async (bench) => {
      const { stream, commits } = await largeAmongSmall(bench, bytes);
      const late = appendOf(endOf(commits[0]), 'late');

      for (const write of [
        () => bench.store.append(late),
        () => bench.store.transact([late, { unchanged: startOf(bench.newStream()) }]),
      ]) {
        const error: unknown = await write().catch((thrown: unknown) => thrown);
        everfoldError('CONFLICT', { stream, expected: 1 })(error);
        ok(error instanceof Error && 'winner' in error);
        if (error.winner !== undefined) same(error.winner, commits[1], 'the winner');
      }

      await rejects(bench.store.append(largeAppend(endOf(commits[0]), bytes)), everfoldError('CONFLICT', { stream }));
      await readsAs(bench.store, stream, commits, 'nothing was written');
    },

    'refuses a large commit at a stale position, wholly': async (bench) => {
      const stream = bench.newStream();
      const [first, second] = await appendSizes(bench.store, stream, 1, 1);
      ok(first && second);

      for (const after of [startOf(stream), endOf(first)]) {
        await rejects(
          bench.store.append(largeAppend(after, bytes)),
          everfoldError('CONFLICT', { stream, expected: after.version }),
        );
      }

      await readsAs(bench.store, stream, [first, second], 'nothing was written');
    },

    'keeps a snapshot with it': async ({ store, newStream }) => {
      const stream = newStream();
      const snapshots = { schema: 'one', every: 10 };
      const snapshot = { schema: 'one', state: { count: EVENTS } };

      const large = await store.append({ ...largeAppend(startOf(stream), bytes), snapshot });
      const kept = { state: { count: EVENTS }, position: endOf(large) };

      loadsAs(await store.load(stream, { snapshots }), { snapshot: kept, commits: [] });
      same(
        folded(await store.load(stream, { snapshots, upTo: 50 })),
        folded({ commits: [large] }),
        'no snapshot of a later state',
      );
      strictEqual(await store.saveSnapshot(endOf(large), { schema: 'one', state: 'later' }), true);
      strictEqual((await store.load(stream, { snapshots })).snapshot?.state, 'later');
    },

    'goes on after it, with appends, checks and a deletion': async ({ store, newStream }) => {
      const stream = newStream();
      const large = await store.append(largeAppend(startOf(stream), bytes));
      await store.transact([{ unchanged: endOf(large) }, appendOf(startOf(newStream()), 1)]);

      const next = await store.append(appendOf(endOf(large), 'next'));
      const deletion = await store.delete(endOf(next), metadata);

      await readsAs(store, stream, [large, next, deletion], 'all of it');
    },

    'gives its events to a scan in order, be it in parts': async ({ store, newCategory }) => {
      const category = newCategory();
      const large = await store.append(largeAppend(startOf(`${category}-1`), bytes));
      const next = await store.append(appendOf(endOf(large), 'next'));

      const pages = await collect(store.scan({ category }));
      const parts = pages.flatMap(({ commits }) => commits);

      same(parts.flatMap(recordedEvents), [large, next].flatMap(recordedEvents), 'the events');
      same(wholeCommits(parts), [large, next], 'the parts, put together');
      deepStrictEqual(await collect(store.streams(category)), [`${category}-1`]);
    },
  };
}
