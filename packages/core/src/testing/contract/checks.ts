import { deepStrictEqual, ok, rejects } from 'node:assert/strict';
import { endOf, startOf } from '../../commit.js';
import { appendOf, type Chapter, everfoldError, fiveCommits, metadata, readAll } from './bench.js';

export const checks: Chapter = {
  'lets a transaction through while the streams it checks stand where they were read': async (bench) => {
    const { stream, commits, end } = await fiveCommits(bench);
    const [written, absent] = [bench.newStream(), bench.newStream()];

    const recorded = await bench.store.transact([
      { unchanged: end },
      appendOf(startOf(written), 1),
      { unchanged: startOf(absent) },
    ]);

    deepStrictEqual(await readAll(bench.store, written), recorded);
    deepStrictEqual([await readAll(bench.store, stream), await readAll(bench.store, absent)], [commits, []]);
  },

  'leaves a checked stream where it was: the next append follows on it': async (bench) => {
    const { end } = await fiveCommits(bench);
    const absent = startOf(bench.newStream());
    await bench.store.transact([{ unchanged: end }, { unchanged: absent }, appendOf(startOf(bench.newStream()), 1)]);

    const [next, first] = await bench.store.transact([appendOf(end, 11), appendOf(absent, 1)]);

    deepStrictEqual([next?.version, first?.version], [11, 1]);
  },

  'leaves nothing when a checked stream has moved on': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);
    const written = bench.newStream();

    for (const unchanged of [startOf(stream), ...commits.slice(0, -1).map(endOf)]) {
      await rejects(
        bench.store.transact([{ unchanged: startOf(bench.newStream()) }, appendOf(startOf(written), 1), { unchanged }]),
        everfoldError('CONFLICT', { stream, expected: unchanged.version, retryable: true }),
      );
    }

    deepStrictEqual(await readAll(bench.store, written), []);
  },

  'leaves nothing when a checked stream was deleted since': async (bench) => {
    const { stream, end } = await fiveCommits(bench);
    const written = bench.newStream();
    const deletion = await bench.store.delete(end, metadata);

    await rejects(
      bench.store.transact([appendOf(startOf(written), 1), { unchanged: end }]),
      everfoldError('CONFLICT', { stream, expected: 10 }),
    );
    deepStrictEqual(await readAll(bench.store, written), []);

    await bench.store.transact([appendOf(startOf(written), 1), { unchanged: endOf(deletion) }]);
    deepStrictEqual((await readAll(bench.store, written)).length, 1, 'a deleted stream stays as it is');
  },

  'refuses a transaction that checks only': async (bench) => {
    const { end } = await fiveCommits(bench);

    await rejects(bench.store.transact([{ unchanged: end }]), everfoldError('INVALID_ARGUMENT'));
  },

  'refuses to check a stream that it writes': async (bench) => {
    const { stream, commits, end } = await fiveCommits(bench);

    await rejects(bench.store.transact([{ unchanged: end }, appendOf(end, 11)]), everfoldError('INVALID_ARGUMENT'));

    deepStrictEqual(await readAll(bench.store, stream), commits);
  },

  'counts a check among the 100 parts': async ({ store, newStream }) => {
    const [written, ...others] = Array.from({ length: 101 }, newStream).map(startOf);
    ok(written);
    const unchanged = others.map((position) => ({ unchanged: position }));

    await rejects(
      store.transact([appendOf(written, 1), ...unchanged]),
      everfoldError('COMMIT_TOO_LARGE', { stream: written.stream }),
    );

    deepStrictEqual(await readAll(store, written.stream), []);
    await store.transact([appendOf(written, 1), ...unchanged.slice(1)]);
  },

  'lets at most one of two win that each check what the other writes': async ({ store, newStream }) => {
    for (let round = 0; round < 5; round++) {
      const [one, other] = [startOf(newStream()), startOf(newStream())];

      const settled = await Promise.allSettled([
        store.transact([appendOf(one, 1), { unchanged: other }]),
        store.transact([appendOf(other, 1), { unchanged: one }]),
      ]);

      for (const result of settled) if (result.status === 'rejected') everfoldError('CONFLICT')(result.reason);
      const written = [...(await readAll(store, one.stream)), ...(await readAll(store, other.stream))];
      deepStrictEqual(
        written,
        settled.flatMap((result) => (result.status === 'fulfilled' ? result.value : [])),
      );
      ok(written.length <= 1, 'both decided on what the other had not yet written');
    }
  },
};
