import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { endOf, startOf } from '../../commit.js';
import { appendOf, type Chapter, everfoldError, fiveCommits, loadsAs, readAll } from './bench.js';

const snapshots = { schema: 'one', every: 10 } as const;
const snapshot = { schema: 'one', state: { saved: true } } as const;

export const savingSnapshots: Chapter = {
  'adds a snapshot to the last commit, and changes nothing else': async (bench) => {
    const { stream, commits, end } = await fiveCommits(bench);

    strictEqual(await bench.store.saveSnapshot(end, snapshot), true);

    loadsAs(await bench.store.load(stream, { snapshots }), {
      snapshot: { state: { saved: true }, position: end },
      commits: [],
    });
    deepStrictEqual(await readAll(bench.store, stream), commits);
  },

  'puts a later snapshot in the place of an earlier one': async (bench) => {
    const { stream, end } = await fiveCommits(bench);
    await bench.store.saveSnapshot(end, { schema: 'zero', state: 'old' });

    await bench.store.saveSnapshot(end, { schema: 'one', state: 'first' });
    await bench.store.saveSnapshot(end, { schema: 'one', state: 'second' });

    deepStrictEqual((await bench.store.load(stream, { snapshots })).snapshot, { state: 'second', position: end });
  },

  'leaves the position as it was: the next append follows on it': async (bench) => {
    const { stream, end } = await fiveCommits(bench);
    await bench.store.saveSnapshot(end, snapshot);

    const next = await bench.store.append(appendOf(end, 11));

    loadsAs(await bench.store.load(stream, { snapshots }), {
      snapshot: { state: { saved: true }, position: end },
      commits: [next],
    });
  },

  'refuses a snapshot of what the stream was': async (bench) => {
    const { stream, commits } = await fiveCommits(bench);

    for (const old of commits.slice(0, -1)) {
      await rejects(
        bench.store.saveSnapshot(endOf(old), snapshot),
        everfoldError('CONFLICT', { stream, expected: old.last }),
      );
    }

    loadsAs(await bench.store.load(stream, { snapshots }), { commits });
  },

  'refuses a snapshot of a stream without events': async (bench) => {
    const stream = bench.newStream();
    const { stream: other, commits } = await fiveCommits(bench);

    for (const name of [stream, other]) {
      await rejects(
        bench.store.saveSnapshot(startOf(name), snapshot),
        everfoldError('STREAM_NOT_FOUND', { stream: name }),
      );
    }

    loadsAs(await bench.store.load(stream, { snapshots }), { commits: [] });
    loadsAs(await bench.store.load(other, { snapshots }), { commits });
  },
};
