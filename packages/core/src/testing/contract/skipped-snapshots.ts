import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { endOf, type SnapshotSkipped, startOf } from '../../commit.js';
import { appendOf, type Chapter, fiveCommits, loadsAs, noise } from './bench.js';

const snapshots = { schema: 'one', every: 10 } as const;
const snapshot = { schema: 'one', state: { saved: true } } as const;

/** What a store lets the suite know of the snapshots that it does not keep. */
export interface SnapshotLimits {
  readonly skippedSnapshots?: () => readonly SnapshotSkipped[];
  readonly largestStateBytes?: number;
}

/** States that are not kept: those that JSON would change, and those too large for the store. */
function unkept(largestStateBytes: number | undefined): readonly unknown[] {
  const changed = [{ at: new Date(0) }, undefined, { cents: 1n }, [Number.NaN]];
  return largestStateBytes === undefined ? changed : [...changed, { text: noise(largestStateBytes * 2) }];
}

/** What becomes of a snapshot that cannot be kept. */
export function skippingSnapshots({ skippedSnapshots, largestStateBytes }: SnapshotLimits): Chapter {
  const states = unkept(largestStateBytes);

  const telling: Chapter = {
    'tells of every snapshot that it does not keep, and why': async (bench) => {
      const { stream, end } = await fiveCommits(bench);

      for (const state of states) {
        const other = bench.newStream();
        await bench.store.saveSnapshot(end, { schema: 'one', state });
        await bench.store.append({ ...appendOf(startOf(other), 1, 2), snapshot: { schema: 'two', state } });

        const told = skippedSnapshots?.().filter((skipped) => [stream, other].includes(skipped.stream)) ?? [];
        deepStrictEqual(
          told.slice(-2).map(({ reason, ...rest }) => ({ ...rest, why: reason.length > 10 })),
          [
            { stream, version: 10, schema: 'one', why: true },
            { stream: other, version: 2, schema: 'two', why: true },
          ],
        );
      }
    },
  };

  return {
    'keeps a large state': async ({ store, newStream }) => {
      const stream = newStream();
      const state = { text: noise(Math.min(100_000, largestStateBytes ?? 100_000) - 100) };
      const commit = await store.append({ ...appendOf(startOf(stream), 1), snapshot: { schema: 'one', state } });
      deepStrictEqual((await store.load(stream, { snapshots })).snapshot, { state, position: endOf(commit) });

      strictEqual(await store.saveSnapshot(endOf(commit), { schema: 'two', state }), true);
    },

    'records the events all the same': async ({ store, newStream }) => {
      for (const state of states) {
        const stream = newStream();

        const commit = await store.append({ ...appendOf(startOf(stream), 1, 2), snapshot: { schema: 'one', state } });

        loadsAs(await store.load(stream, { snapshots }), { commits: [commit] });
      }
    },

    'records the events of a transaction all the same': async ({ store, newStream }) => {
      for (const state of states) {
        const [one, other] = [newStream(), newStream()];

        const [first, second] = await store.transact([
          { ...appendOf(startOf(one), 1), snapshot: { schema: 'one', state } },
          { ...appendOf(startOf(other), 2), snapshot },
        ]);

        loadsAs(await store.load(one, { snapshots }), { commits: [first] });
        loadsAs(await store.load(other, { snapshots }), {
          snapshot: { state: snapshot.state, position: second && endOf(second) },
          commits: [],
        });
      }
    },

    'says so when a snapshot is to be saved, and leaves the one there was': async (bench) => {
      const { stream, end } = await fiveCommits(bench);
      await bench.store.saveSnapshot(end, snapshot);

      for (const state of states) {
        strictEqual(await bench.store.saveSnapshot(end, { schema: 'one', state }), false);
      }

      deepStrictEqual((await bench.store.load(stream, { snapshots })).snapshot, {
        state: snapshot.state,
        position: end,
      });
    },

    ...(skippedSnapshots ? telling : {}),
  };
}
