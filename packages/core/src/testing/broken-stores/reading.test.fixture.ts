import { type Commit, restOf } from '../../commit.js';
import type { ReadRange } from '../../event-store.js';
import { type BrokenStores, broken, reading } from './broken-store.test.fixture.js';

const without =
  (name: keyof ReadRange) =>
  ({ [name]: _, ...range }: ReadRange): ReadRange =>
    range;
const asRead = (commits: readonly Commit[]): readonly Commit[] => commits;

/** Sense made of every range, such as a program in JavaScript may give. */
function mended({ after = 0, upTo, limit, ...range }: ReadRange): ReadRange {
  const whole = (value: number | undefined, least: number) =>
    value === undefined || Number.isNaN(value) ? undefined : Math.max(least, Math.floor(Math.min(value, 1e9)));
  const numbers = { after: whole(after, 0), upTo: whole(upTo, 0), limit: whole(limit, 1) };
  return { ...range, ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)) };
}

export const brokenReading: BrokenStores = {
  'gives the rest of a commit when its first events are known already': {
    'gives the whole of a commit whose first events are known': broken(
      reading((commits, { after = 0 }) =>
        commits.map((commit) => {
          const known = commit.offset ?? 0;
          const events = [...Array.from({ length: known }, () => ({ type: 'Happened', data: {} })), ...commit.events];
          const { offset, ...whole } = { ...commit, version: commit.version - known, events };
          return after > 0 ? whole : commit;
        }),
      ),
    ),
    'passes over the rest of a commit': broken(
      reading((commits) => commits.filter(({ offset }) => offset === undefined)),
    ),
  },
  'carries on with the same ids and versions after every event': {
    'forgets how many events come before the rest of a commit': broken(
      reading((commits) => commits.map(({ offset, ...commit }) => commit)),
    ),
  },
  'gives the whole of a commit that goes on beyond the end of the range': {
    'cuts a commit off where the range ends': broken(
      reading((commits, { upTo = Number.POSITIVE_INFINITY }) =>
        commits.map((commit) => {
          const events = commit.events.slice(0, Math.max(0, upTo - commit.version + 1));
          return { ...commit, events, last: commit.version + events.length - 1 };
        }),
      ),
    ),
    'passes over a commit that goes on beyond the range': broken(
      reading((commits, { upTo = Number.POSITIVE_INFINITY }) => commits.filter(({ last }) => last <= upTo)),
    ),
  },
  'gives the latest commit first when it reads backward': {
    'reads forward only': broken(reading(asRead, without('backward'))),
  },
  'keeps the events of a commit in order when it reads backward': {
    'turns the events of a commit around too': broken(
      reading((commits, { backward }) =>
        backward ? commits.map((commit) => ({ ...commit, events: [...commit.events].reverse() })) : commits,
      ),
    ),
  },
  'finds nothing backward where there is nothing': {
    'reads backward from the end, whatever the range': broken(
      reading(asRead, (range) => (range.backward ? without('upTo')(range) : range)),
    ),
    'reads backward to the start, whatever the range': broken(
      reading(asRead, (range) => (range.backward ? without('after')(range) : range)),
    ),
  },
  'gives as many commits as it is asked for, or all there are': {
    'knows no limit': broken(reading(asRead, without('limit'))),
    'limits the events': broken(
      reading((commits, { limit = Number.POSITIVE_INFINITY }) => {
        let left = limit;
        return commits.filter(({ events }) => {
          left -= events.length;
          return left >= 0;
        });
      }, without('limit')),
    ),
  },
  'counts the commits of the range, and the rest of one as one': {
    'limits what it looks at, not what it gives': broken((sound) => ({
      async *read(stream, { limit, after = 0, ...range } = {}) {
        if (limit === undefined || range.backward)
          return yield* sound.read(stream, { ...range, after, ...(limit ? { limit } : {}) });
        for await (const commit of sound.read(stream, { ...range, limit })) {
          if (commit.last > after) yield restOf(commit, after);
        }
      },
    })),
  },
  'refuses a range that makes no sense': {
    'makes sense of every range': broken(reading(asRead, mended)),
  },
};
