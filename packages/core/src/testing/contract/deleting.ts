import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { endOf, isTombstone, startOf } from '../../commit.js';
import {
  appendOf,
  type Chapter,
  collect,
  everfoldError,
  fiveCommits,
  happened,
  loadsAs,
  metadata,
  readAll,
} from './bench.js';

export const deleting: Chapter = {
  'ends a stream with one more commit, under the metadata given': async (bench) => {
    const { stream, end } = await fiveCommits(bench);
    const given = { ...metadata, actor: 'ada', why: 'asked for' };

    const deletion = await bench.store.delete(end, given);

    const { version, last, metadata: kept } = deletion;
    deepStrictEqual({ stream: deletion.stream, version, last, kept }, { stream, version: 11, last: 11, kept: given });
    ok(isTombstone(deletion));
  },

  'leaves what it holds to be read, with the deletion at its end': async (bench) => {
    const { stream, commits, end } = await fiveCommits(bench);
    await bench.store.saveSnapshot(end, { schema: 'one', state: 'kept' });

    const deletion = await bench.store.delete(end, metadata);

    deepStrictEqual(await readAll(bench.store, stream), [...commits, deletion]);
    deepStrictEqual(await readAll(bench.store, stream, { backward: true, limit: 1 }), [deletion]);
    loadsAs(await bench.store.load(stream, { upTo: 10 }), { commits });
    loadsAs(await bench.store.load(stream, { snapshots: { schema: 'one', every: 10 } }), {
      snapshot: { state: 'kept', position: end },
      commits: [deletion],
    });
  },

  'refuses to append after the deletion': async (bench) => {
    const { stream, commits, end } = await fiveCommits(bench);
    const deletion = await bench.store.delete(end, metadata);
    const [read] = await readAll(bench.store, stream, { backward: true, limit: 1 });
    const loaded = (await bench.store.load(stream)).commits.at(-1);

    for (const known of [deletion, read, loaded]) {
      ok(known);
      const deleted = everfoldError('STREAM_DELETED', { stream, version: 11, retryable: false });
      await rejects(bench.store.append(appendOf(endOf(known), 12)), deleted);
      await rejects(bench.store.delete(endOf(known), metadata), deleted);
    }

    deepStrictEqual(await readAll(bench.store, stream), [...commits, deletion]);
  },

  'refuses a transaction that appends after the deletion, and leaves nothing': async (bench) => {
    const { stream, end } = await fiveCommits(bench);
    const written = bench.newStream();
    const deletion = await bench.store.delete(end, metadata);

    await rejects(
      bench.store.transact([appendOf(startOf(written), 1), appendOf(endOf(deletion), 12)]),
      everfoldError('STREAM_DELETED', { stream, version: 11 }),
    );

    deepStrictEqual(await readAll(bench.store, written), []);
  },

  'refuses to append after a position from before the deletion, and to create the stream again': async (bench) => {
    const { stream, commits, end } = await fiveCommits(bench);
    const deletion = await bench.store.delete(end, metadata);

    for (const stale of [startOf(stream), ...commits.map(endOf)]) {
      const conflict = everfoldError('CONFLICT', { stream, expected: stale.version });
      await rejects(bench.store.append(appendOf(stale, 'late')), conflict);
      await rejects(bench.store.transact([appendOf(startOf(bench.newStream()), 1), appendOf(stale, 'late')]), conflict);
    }

    deepStrictEqual(await readAll(bench.store, stream), [...commits, deletion]);
  },

  'refuses to delete a stream that does not exist': async ({ store, newStream }) => {
    const stream = newStream();

    await rejects(store.delete(startOf(stream), metadata), everfoldError('STREAM_NOT_FOUND', { stream }));

    deepStrictEqual(await readAll(store, stream), []);
    strictEqual((await store.append(appendOf(startOf(stream), 1))).version, 1);
  },

  'refuses to delete a stream that has moved on': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);

    for (const old of commits.slice(0, -1)) {
      await rejects(
        bench.store.delete(endOf(old), metadata),
        everfoldError('CONFLICT', { stream, expected: old.last, retryable: true }),
      );
    }

    deepStrictEqual(await readAll(bench.store, stream), commits);
  },

  'refuses metadata that JSON would change': async (bench) => {
    const { stream, commits, end } = await fiveCommits(bench);

    await rejects(bench.store.delete(end, { ...metadata, retries: Number.NaN }), everfoldError('INVALID_ARGUMENT'));

    deepStrictEqual(await readAll(bench.store, stream), commits);
  },

  'lets exactly one of a deletion and many appends at one position win': async (bench) => {
    const { stream, commits, end } = await fiveCommits(bench);

    const settled = await Promise.allSettled([
      ...[1, 2, 3].map((value) => bench.store.append(appendOf(end, value))),
      bench.store.delete(end, metadata),
      ...[4, 5, 6].map((value) => bench.store.append({ after: end, events: happened(value), metadata })),
    ]);

    const won = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    strictEqual(won.length, 1);
    deepStrictEqual(await readAll(bench.store, stream), [...commits, ...won]);
  },

  'shows the deletion to a scan, and the stream in the list': async ({ store, newCategory }) => {
    const category = newCategory();
    const first = await store.append(appendOf(startOf(`${category}-1`), 1));
    const deletion = await store.delete(endOf(first), metadata);

    const pages = await collect(store.scan({ category }));

    deepStrictEqual(
      pages.flatMap(({ commits }) => commits),
      [first, deletion],
    );
    deepStrictEqual(await collect(store.streams(category)), [`${category}-1`]);
  },
};
