import type { Commit } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { CountingEventStore, cancelled, noted, orders, placed, record } from '../shop.test.fixture.js';
import { catchUp } from './catch-up.js';
import { Work } from './work.js';

/** Five commits of a stream, of which the second has two events. */
async function recorded() {
  const store = new CountingEventStore();
  const commits = await record(store, 'order-1', [placed(1)], [noted, noted], [noted], [noted], [cancelled]);
  return { store, commits };
}

function workOf(known: number, commits: Parameters<Work['project']>[0], projection = orders): Work {
  const work = new Work(projection);
  work.advance('order-1', known);
  work.replace(work.project(commits));
  return work;
}

function versions(work: Work): number[] {
  return work.open().map(({ commit }) => commit.version);
}

describe('catching up', () => {
  it('reads nothing when nothing is missing', async () => {
    const { store, commits } = await recorded();
    const work = workOf(0, commits);

    await catchUp(work, store, 1);

    expect(versions(work)).toEqual([1, 2, 4, 5, 6]);
    expect(store.reads).toEqual([]);
  });

  it('reads what is missing between what is known and the first commit', async () => {
    const { store, commits } = await recorded();
    const work = workOf(1, commits.slice(4));

    await catchUp(work, store, 1);

    expect(versions(work)).toEqual([2, 4, 5, 6]);
    expect(store.reads).toEqual(['order-1 (1, 5]']);
  });

  it('reads each gap between commits once', async () => {
    const { store, commits } = await recorded();
    const work = workOf(
      0,
      commits.filter((_, index) => index % 2 === 0),
    );

    await catchUp(work, store, 1);

    expect(versions(work)).toEqual([1, 2, 4, 5, 6]);
    expect(store.reads).toEqual(['order-1 (1, 3]', 'order-1 (4, 5]']);
  });

  it('leaves out of a commit that is read as a whole what was delivered of it', async () => {
    const { store } = await recorded();
    const [whole] = await record(store, 'order-9', [placed(1), placed(2), placed(3), noted]);
    const secondItem = { ...(whole as Commit), version: 3, events: whole?.events.slice(2) ?? [], offset: 2 };
    const work = new Work(orders);
    work.advance('order-9', 1);
    work.replace(work.project([secondItem]));

    await catchUp(work, store, 1);

    const commits = work.open().map(({ commit: { version, last, offset } }) => [version, last, offset]);
    expect(commits).toEqual([
      [2, 2, 1],
      [3, 4, 2],
    ]);
    expect(work.failures).toEqual([]);
  });

  it('reads no more streams at a time than allowed', async () => {
    const store = new CountingEventStore();
    const commits = await Promise.all(
      Array.from({ length: 12 }, (_, index) => record(store, `order-${index}`, [placed(1)], [placed(2)])),
    );
    const work = new Work(orders);
    for (const [first] of commits) work.advance(first?.stream ?? '', 0);
    work.replace(work.project(commits.flatMap(([, second]) => second ?? [])));
    let running = 0;
    let most = 0;
    const source = {
      async *read(...args: Parameters<CountingEventStore['read']>) {
        most = Math.max(most, ++running);
        yield* store.read(...args);
        running--;
      },
    };

    await catchUp(work, source, 3);

    expect(most).toBe(3);
    expect(work.open()).toHaveLength(24);
  });

  it('puts what was missing before the commit that told of it, among other streams', async () => {
    const { store, commits } = await recorded();
    const [other] = await record(store, 'order-2', [placed(2)]);
    const work = workOf(
      0,
      [commits[0], other, commits[2]].flatMap((commit) => commit ?? []),
    );

    await catchUp(work, store, 1);

    const order = work.open().map(({ commit: { stream, version } }) => `${stream}@${version}`);
    expect(order).toEqual(['order-1@1', 'order-2@1', 'order-1@2', 'order-1@4']);
  });

  it('stops the stream before a gap that the store cannot fill', async () => {
    const { store, commits } = await recorded();
    const longer = await record(new CountingEventStore(), 'order-1', ...Array.from({ length: 8 }, () => [noted]));
    const work = workOf(
      0,
      [commits[0], longer[7]].flatMap((commit) => commit ?? []),
    );

    await catchUp(work, store, 1);

    expect(versions(work)).toEqual([1]);
    expect(work.failures).toMatchObject([
      { stream: 'order-1', after: 7, error: { code: 'STREAM_CORRUPTED', version: 7 } },
    ]);
  });

  it('goes as far as a missing commit that cannot be projected', async () => {
    const { store, commits } = await recorded();
    const poison = { ...orders, changesOf: ({ version }: { version: number }) => (version === 4 ? fail() : []) };
    const work = workOf(
      0,
      [commits[0], commits[4]].flatMap((commit) => commit ?? []),
      poison,
    );

    await catchUp(work, store, 1);

    expect(versions(work)).toEqual([1, 2]);
    expect(work.failures).toEqual([{ stream: 'order-1', after: 3, error: new Error('poison') }]);
  });
});

function fail(): never {
  throw new Error('poison');
}
