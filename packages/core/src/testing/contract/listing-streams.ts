import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { endOf, startOf } from '../../commit.js';
import type { EventStore, ScanProgress } from '../../event-store.js';
import { appendOf, appendSizes, type Chapter, collect, everfoldError, metadata } from './bench.js';

async function listed(store: EventStore, category: string, segments?: number): Promise<string[]> {
  return (await collect(store.streams(category, segments === undefined ? {} : { segments }))).sort();
}

export const listingStreams: Chapter = {
  'names every stream of a category once, with any number of segments': async ({ store, newCategory }) => {
    const category = newCategory();
    const streams = ['1', '2', 'a-b', 'Füße 🦊', `${category}-1`].map((id) => `${category}-${id}`).sort();
    for (const stream of streams) await appendSizes(store, stream, 1, 2, 1);
    for (const neighbour of [`${category}x-1`, `${category}.b-1`, `x${category}-1`])
      await appendSizes(store, neighbour, 1);

    deepStrictEqual(await listed(store, category), streams);
    for (const segments of [1, 2, 3, 4]) deepStrictEqual(await listed(store, category, segments), streams);
  },

  'names a stream of many commits once': async ({ store, newCategory }) => {
    const category = newCategory();
    await appendSizes(store, `${category}-1`, ...new Array<number>(120).fill(1));

    deepStrictEqual(await listed(store, category), [`${category}-1`]);
  },

  'names deleted streams too': async ({ store, newCategory }) => {
    const category = newCategory();
    const first = await store.append(appendOf(startOf(`${category}-1`), 1));
    await store.delete(endOf(first), metadata);

    deepStrictEqual(await listed(store, category), [`${category}-1`]);
  },

  'names none of a category that has none': async ({ store, newCategory }) => {
    deepStrictEqual(await listed(store, newCategory()), []);
  },

  'tells how far it has come': async ({ store, newCategory }) => {
    const category = newCategory();
    await appendSizes(store, `${category}-1`, 1, 2);
    const told: ScanProgress[] = [];

    await collect(store.streams(category, { segments: 2, onProgress: (progress) => told.push({ ...progress }) }));

    const { segmentsDone, segments } = told.at(-1) ?? {};
    deepStrictEqual({ segmentsDone, segments }, { segmentsDone: 2, segments: 2 });
  },

  'refuses what makes no sense': async ({ store, newCategory }) => {
    for (const category of ['', 'a-b', '$claim']) {
      await rejects(listed(store, category), everfoldError('INVALID_ARGUMENT'));
    }
    for (const segments of [0, 1.5, 1_000_001]) {
      await rejects(listed(store, newCategory(), segments), everfoldError('INVALID_ARGUMENT'));
    }
    await rejects(collect(store.streams(newCategory(), { unitsPerSecond: 0 })), everfoldError('INVALID_ARGUMENT'));
  },

  'lets go when the reader stops': async ({ store, newCategory }) => {
    const category = newCategory();
    for (const id of [1, 2, 3]) await appendSizes(store, `${category}-${id}`, 1);
    let seen = 0;

    for await (const _stream of store.streams(category)) if (++seen === 2) break;

    strictEqual(seen, 2);
    deepStrictEqual(
      await listed(store, category),
      [1, 2, 3].map((id) => `${category}-${id}`),
    );
  },
};
