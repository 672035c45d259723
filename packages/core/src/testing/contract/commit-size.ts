import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { endOf, startOf } from '../../commit.js';
import { appendOf, type Chapter, everfoldError, readAll, readValues } from './bench.js';

/** For stores that cannot take more than so many bytes of JSON in a commit. */
export function commitSize(largestCommitBytes: number): Chapter {
  const tooLarge = 'x'.repeat(largestCommitBytes + 1);
  const tooLargeInBytes = '\u6771'.repeat(Math.ceil(largestCommitBytes / 3) + 1);
  // Room for the names around it.
  const large = 'x'.repeat(largestCommitBytes - 2_048);

  return {
    'takes a commit near the limit': async ({ store, newStream }) => {
      const stream = newStream();

      await store.append(appendOf(startOf(stream), large));

      strictEqual((await readValues(store, stream))[0], large);
    },

    'refuses a commit beyond it and writes nothing': async ({ store, newStream }) => {
      const stream = newStream();
      const opening = await store.append(appendOf(startOf(stream), 1));

      for (const value of [tooLarge, tooLargeInBytes]) {
        await rejects(
          store.append(appendOf(endOf(opening), value)),
          everfoldError('COMMIT_TOO_LARGE', { stream, retryable: false }),
        );
      }

      deepStrictEqual(await readAll(store, stream), [opening]);
    },

    'refuses a transaction with such a commit and writes nothing': async ({ store, newStream }) => {
      const [sound, swollen] = [newStream(), newStream()];

      await rejects(
        store.transact([appendOf(startOf(sound), 1), appendOf(startOf(swollen), tooLarge)]),
        everfoldError('COMMIT_TOO_LARGE', { stream: swollen }),
      );

      deepStrictEqual([await readAll(store, sound), await readAll(store, swollen)], [[], []]);
    },
  };
}
