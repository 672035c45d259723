import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { type Commit, endOf, type Position, startOf } from '../../commit.js';
import { addTag, appendOf, type Bench, type Chapter, everfoldError, fiveCommits, metadata, readAll } from './bench.js';

/** Every position of a stream that is no longer its end, with the commit that follows on it. */
async function stalePositions(bench: Bench): Promise<readonly (readonly [Position, Commit])[]> {
  const { stream, commits } = await fiveCommits(bench);
  const positions = [startOf(stream), ...commits.map(endOf)];
  return commits.map((winner, index) => [positions[index] ?? startOf(stream), winner]);
}

export const conflicts: Chapter = {
  'tells an append of the commit that came first at its position': async (bench) => {
    for (const [after, winner] of await stalePositions(bench)) {
      await rejects(bench.store.append(appendOf(after, 'late')), everfoldError('CONFLICT', { winner }));
    }
  },

  'tells a transaction of the commit that came first': async (bench) => {
    for (const [after, winner] of await stalePositions(bench)) {
      await rejects(
        bench.store.transact([appendOf(startOf(bench.newStream()), 1), appendOf(after, 'late')]),
        everfoldError('CONFLICT', { stream: winner.stream, winner }),
      );
    }
  },

  'tells a check of the commit that came first': async (bench) => {
    for (const [unchanged, winner] of await stalePositions(bench)) {
      await rejects(
        bench.store.transact([appendOf(startOf(bench.newStream()), 1), { unchanged }]),
        everfoldError('CONFLICT', { stream: winner.stream, expected: unchanged.version, winner }),
      );
    }
  },

  'tells a deletion of the commit that came first': async (bench) => {
    for (const [after, winner] of (await stalePositions(bench)).slice(1)) {
      await rejects(bench.store.delete(after, metadata), everfoldError('CONFLICT', { winner }));
    }
  },

  'tells of the deletion, where that came first': async (bench) => {
    const { stream, end } = await fiveCommits(bench);
    const winner = await bench.store.delete(end, metadata);

    await rejects(
      bench.store.append(appendOf(end, 'late')),
      everfoldError('CONFLICT', { stream, expected: 10, winner }),
    );
  },

  'tells every append of a race who won it': async ({ store, newStream }) => {
    const stream = newStream();

    const settled = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => store.append(appendOf(startOf(stream), index))),
    );

    const [winner] = await readAll(store, stream);
    const losers = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    strictEqual(losers.length, 9);
    for (const loser of losers) everfoldError('CONFLICT', { winner })(loser);
  },

  'shares nothing with those whom it tells': async ({ store, newStream }) => {
    const stream = newStream();
    const tags = ['given'];
    await store.append({
      ...appendOf(startOf(stream)),
      events: [{ type: 'Tagged', data: { tags } }],
      metadata: { ...metadata, tags },
    });
    const before = await readAll(store, stream);

    const winners: Commit[] = [];
    await rejects(store.append(appendOf(startOf(stream), 'late')), ({ winner }: { winner: Commit }) => {
      return winners.push(winner) > 0;
    });
    for (const { events, metadata: its } of winners) for (const value of [events[0]?.data, its]) addTag(value);

    deepStrictEqual(await readAll(store, stream), before);
  },
};
