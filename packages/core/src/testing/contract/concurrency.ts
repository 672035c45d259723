import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { type Commit, endOf, type Position, startOf } from '../../commit.js';
import { isEverfoldError } from '../../errors.js';
import type { EventStore } from '../../event-store.js';
import { appendOf, type Chapter, everfoldError, readAll, readValues } from './bench.js';

/** Splits what was settled into what was written and what was refused; anything but a conflict fails the check. */
function settle<T>(settled: readonly PromiseSettledResult<T>[]): { written: T[]; conflicts: number } {
  const written = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const refused = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  for (const reason of refused) everfoldError('CONFLICT')(reason);
  return { written, conflicts: refused.length };
}

async function endOfStream(store: EventStore, stream: string): Promise<Position> {
  const last = (await readAll(store, stream)).at(-1);
  return last ? endOf(last) : startOf(stream);
}

/** Transacts on the ends of the streams, until nobody was first. */
async function transactAtEnds(
  store: EventStore,
  streams: readonly string[],
  value: string,
): Promise<readonly Commit[]> {
  for (let attempt = 1; ; attempt++) {
    const ends = await Promise.all(streams.map((stream) => endOfStream(store, stream)));
    try {
      return await store.transact(ends.map((end) => appendOf(end, value)));
    } catch (error) {
      if (!isEverfoldError(error, 'CONFLICT') || attempt === 100) throw error;
    }
  }
}

export const concurrency: Chapter = {
  'lets exactly one of 20 appends at one position win': async ({ store, newStream }) => {
    const stream = newStream();
    const opening = await store.append(appendOf(startOf(stream), 'opening'));

    const settled = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => store.append(appendOf(endOf(opening), index, index))),
    );

    const { written, conflicts } = settle(settled);
    strictEqual(conflicts, 19);
    deepStrictEqual(await readAll(store, stream), [opening, ...written]);
  },

  'lets exactly one of 20 create a stream': async ({ store, newStream }) => {
    const stream = newStream();

    const settled = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => store.append(appendOf(startOf(stream), index))),
    );

    const { written, conflicts } = settle(settled);
    strictEqual(conflicts, 19);
    deepStrictEqual(await readAll(store, stream), written);
  },

  'lets at most one of many transactions at one position win, wholly': async ({ store, newStream }) => {
    const [one, other] = [newStream(), newStream()];

    const settled = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        store.transact([appendOf(startOf(one), index), appendOf(startOf(other), index)]),
      ),
    );

    const { written } = settle(settled);
    ok(written.length <= 1, `${written.length} transactions won`);
    deepStrictEqual([...(await readAll(store, one)), ...(await readAll(store, other))], written.flat());
  },

  'loses and doubles nothing when transactions on overlapping streams are tried until they win': async ({
    store,
    newStream,
  }) => {
    const [a, b, c] = [newStream(), newStream(), newStream()];
    const pairs = [
      [a, b],
      [b, c],
      [c, a],
      [b, a],
      [c, b],
      [a, c],
    ];

    const commits = await Promise.all(
      pairs.map((streams, index) => transactAtEnds(store, streams, `transaction ${index}`)),
    );

    const expected = (stream: string) =>
      pairs.flatMap((streams, index) => (streams.includes(stream) ? [`transaction ${index}`] : [])).sort();
    for (const stream of [a, b, c]) {
      deepStrictEqual((await readValues(store, stream)).sort(), expected(stream));
      const ids = commits.flat().filter((commit) => commit.stream === stream);
      deepStrictEqual(
        await readAll(store, stream),
        ids.sort((one, next) => one.version - next.version),
      );
    }
  },

  'shows a reader a whole number of commits while others append': async ({ store, newStream }) => {
    const stream = newStream();
    let writing = true;
    const write = async (): Promise<void> => {
      let after = startOf(stream);
      for (let count = 0; count < 20; count++) after = endOf(await store.append(appendOf(after, count, count, count)));
    };
    const read = async (): Promise<void> => {
      while (writing) {
        let version = 0;
        for (const commit of await readAll(store, stream)) {
          deepStrictEqual([commit.version, commit.last, commit.events.length], [version + 1, version + 3, 3]);
          version = commit.last;
        }
      }
    };
    const stop = (): void => {
      writing = false;
    };

    await Promise.all([write().finally(stop), read()]);
  },
};
