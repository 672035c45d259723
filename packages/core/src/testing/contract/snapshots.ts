import { deepStrictEqual, fail, rejects, strictEqual } from 'node:assert/strict';
import { type Commit, endOf, type Position, startOf } from '../../commit.js';
import { addTag, appendOf, type Bench, type Chapter, everfoldError, loadsAs, readAll, readValues } from './bench.js';

const snapshots = { schema: 'one', every: 10 } as const;

/** A stream of commits of two events, each with a snapshot of the schema given for it, or none. */
async function withSnapshots(
  { store, newStream }: Bench,
  ...schemas: readonly (string | undefined)[]
): Promise<{ readonly stream: string; readonly commits: readonly Commit[]; readonly end: Position }> {
  const stream = newStream();
  const commits: Commit[] = [];
  let after = startOf(stream);
  for (const schema of schemas) {
    const append = appendOf(after, after.version + 1, after.version + 2);
    const state = { upTo: after.version + 2 };
    const commit = await store.append(schema === undefined ? append : { ...append, snapshot: { schema, state } });
    commits.push(commit);
    after = endOf(commit);
  }
  return { stream, commits, end: after };
}

/** The snapshot that `withSnapshots` recorded with a commit. */
function snapshotOf(commit: Commit | undefined) {
  return commit && { state: { upTo: commit.last }, position: endOf(commit) };
}

export const snapshotChapter: Chapter = {
  'gives the newest snapshot and the commits after it': async (bench) => {
    const { stream, commits } = await withSnapshots(bench, 'one', undefined, 'one', undefined, undefined);

    loadsAs(await bench.store.load(stream, { snapshots }), {
      snapshot: snapshotOf(commits[2]),
      commits: commits.slice(3),
    });
  },

  'gives a snapshot alone where nothing comes after it': async (bench) => {
    const { stream, commits } = await withSnapshots(bench, undefined, 'one');

    loadsAs(await bench.store.load(stream, { snapshots }), { snapshot: snapshotOf(commits[1]), commits: [] });
  },

  'gives all commits to one who asks for no snapshot': async (bench) => {
    const { stream, commits } = await withSnapshots(bench, 'one', 'one', undefined);

    loadsAs(await bench.store.load(stream), { commits });
    deepStrictEqual(await readAll(bench.store, stream), commits, 'and a commit read says nothing of its snapshot');
  },

  'passes over snapshots of another schema': async (bench) => {
    const { stream, commits } = await withSnapshots(bench, 'one', undefined, 'two', 'one.1', 'On', undefined);

    loadsAs(await bench.store.load(stream, { snapshots }), {
      snapshot: snapshotOf(commits[0]),
      commits: commits.slice(1),
    });
    loadsAs(await bench.store.load(stream, { snapshots: { schema: 'three', every: 10 } }), { commits });
  },

  'finds a snapshot however far back it is, and whatever distance it is asked with': async (bench) => {
    const { stream, commits } = await withSnapshots(bench, undefined, 'one', ...new Array<undefined>(40));
    const bare = await withSnapshots(bench, ...new Array<undefined>(25));

    for (const every of [1, 3, 50, 100_000]) {
      loadsAs(await bench.store.load(stream, { snapshots: { schema: 'one', every } }), {
        snapshot: snapshotOf(commits[1]),
        commits: commits.slice(2),
      });
      loadsAs(await bench.store.load(bare.stream, { snapshots: { schema: 'one', every } }), {
        commits: bare.commits,
      });
    }
  },

  'gives no snapshot of a later state than is asked for': async (bench) => {
    const { stream, commits } = await withSnapshots(bench, 'one', 'one', 'one', undefined);

    loadsAs(await bench.store.load(stream, { snapshots, upTo: 4 }), {
      snapshot: snapshotOf(commits[1]),
      commits: [],
    });
    // the commit that goes on beyond the version is there, its snapshot is not
    loadsAs(await bench.store.load(stream, { snapshots, upTo: 3 }), {
      snapshot: snapshotOf(commits[0]),
      commits: [commits[1]],
    });
    loadsAs(await bench.store.load(stream, { snapshots, upTo: 1 }), { commits: [commits[0]] });
    loadsAs(await bench.store.load(stream, { snapshots, upTo: 0 }), { commits: [] });
  },

  'gives no snapshot of a later time than is asked for': async (bench) => {
    const { stream, commits, end } = await withSnapshots(bench, 'one', undefined);
    await bench.passTime(20);
    const late = await bench.store.append({
      ...appendOf(end, 5),
      snapshot: { schema: 'one', state: 'late' },
    });

    loadsAs(await bench.store.load(stream, { snapshots, until: commits[1]?.at ?? '' }), {
      snapshot: snapshotOf(commits[0]),
      commits: [commits[1]],
    });
    loadsAs(await bench.store.load(stream, { snapshots, until: late.at }), {
      snapshot: { state: 'late', position: endOf(late) },
      commits: [],
    });
  },

  'gives no snapshot of what is known already': async (bench) => {
    const { stream, commits } = await withSnapshots(bench, 'one', undefined, 'one', undefined);

    const known = (index: number) => endOf(commits[index] ?? fail());

    loadsAs(await bench.store.load(stream, { snapshots, after: known(2) }), { commits: commits.slice(3) });
    loadsAs(await bench.store.load(stream, { snapshots, after: known(3) }), { commits: [] });
    loadsAs(await bench.store.load(stream, { snapshots, after: known(1) }), {
      snapshot: snapshotOf(commits[2]),
      commits: commits.slice(3),
    });
    loadsAs(await bench.store.load(stream, { snapshots, after: known(1), upTo: 5 }), {
      commits: commits.slice(2, 3),
    });
  },

  'gives a position that can be appended after, and that conflicts when it is old': async (bench) => {
    const { stream } = await withSnapshots(bench, undefined, 'one');
    const { snapshot } = await bench.store.load(stream, { snapshots });
    const position = snapshot?.position ?? startOf(stream);

    const next = await bench.store.append(appendOf(position, 5));

    deepStrictEqual([next.version, await readValues(bench.store, stream)], [5, [1, 2, 3, 4, 5]]);
    await rejects(bench.store.append(appendOf(position, 6)), everfoldError('CONFLICT', { stream, expected: 4 }));
  },

  'keeps snapshots of a transaction too': async ({ store, newStream }) => {
    const [one, other] = [newStream(), newStream()];

    const [first, second] = await store.transact([
      { ...appendOf(startOf(one), 1), snapshot: { schema: 'one', state: 'first' } },
      { ...appendOf(startOf(other), 2), snapshot: { schema: 'one', state: 'second' } },
    ]);

    deepStrictEqual(
      [await store.load(one, { snapshots }), await store.load(other, { snapshots })],
      [
        { snapshot: { state: 'first', position: first && endOf(first) }, commits: [] },
        { snapshot: { state: 'second', position: second && endOf(second) }, commits: [] },
      ],
    );
  },

  'carries any state that JSON carries': async ({ store, newStream }) => {
    const states = [null, false, 0, '', [], {}, 'Füße 🦊 \u0000', JSON.parse('{"__proto__":{"a":[1]},"":null}'), 1e-7];
    for (const state of states) {
      const stream = newStream();
      const commit = await store.append({ ...appendOf(startOf(stream), 1), snapshot: { schema: 'one', state } });

      loadsAs(await store.load(stream, { snapshots }), {
        snapshot: { state, position: endOf(commit) },
        commits: [],
      });
    }
  },

  'shares no state with its callers': async ({ store, newStream }) => {
    const stream = newStream();
    const state = { tags: ['given'] };
    const commit = await store.append({ ...appendOf(startOf(stream), 1), snapshot: { schema: 'one', state } });
    addTag(state);
    addTag((await store.load(stream, { snapshots })).snapshot?.state);
    deepStrictEqual((await store.load(stream, { snapshots })).snapshot?.state, { tags: ['given'] });

    strictEqual(await store.saveSnapshot(endOf(commit), { schema: 'one', state }), true);
    addTag(state);

    deepStrictEqual((await store.load(stream, { snapshots })).snapshot?.state, { tags: ['given', 'added'] });
  },
};
