import { deepStrictEqual, rejects } from 'node:assert/strict';
import { endOf, startOf } from '../../commit.js';
import { appendOf, type Chapter, everfoldError, noise, readAll } from './bench.js';
import { largeAppend, same } from './large-commits.js';

/** What a store with a limit promises to those who pass it. */
export function tooLargeCommits(largestCommitBytes: number): Chapter {
  const bytes = largestCommitBytes * 2;

  return {
    'takes a commit of as much as it says': async ({ store, newStream }) => {
      const stream = newStream();

      const commit = await store.append(largeAppend(startOf(stream), largestCommitBytes));

      same(await readAll(store, stream), [commit], 'what was appended is read');
    },

    'refuses a commit of twice as much and writes nothing': async ({ store, newStream }) => {
      const stream = newStream();
      const opening = await store.append(appendOf(startOf(stream), 1));
      const tooLarge = [largeAppend(endOf(opening), bytes), appendOf(endOf(opening), noise(bytes))];

      for (const append of tooLarge) {
        await rejects(store.append(append), everfoldError('COMMIT_TOO_LARGE', { stream, retryable: false }));
      }

      deepStrictEqual(await readAll(store, stream), [opening]);
    },

    'refuses a transaction with such a commit and writes nothing': async ({ store, newStream }) => {
      const [sound, swollen] = [newStream(), newStream()];

      await rejects(
        store.transact([appendOf(startOf(sound), 1), largeAppend(startOf(swollen), bytes)]),
        everfoldError('COMMIT_TOO_LARGE'),
      );

      deepStrictEqual([await readAll(store, sound), await readAll(store, swollen)], [[], []]);
    },
  };
}
