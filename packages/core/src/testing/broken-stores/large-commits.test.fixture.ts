import { type Append, type Commit, type CommitEvents, endOf, restOf } from '../../commit.js';
import { ConflictError } from '../../errors.js';
import type { InMemoryEventStore } from '../../in-memory-store.js';
import { type BrokenStores, broken, reading } from './broken-store.test.fixture.js';

const PART = 40;

/** A large commit as a careless store would hand it out: item by item. */
function partsOf<TCommit extends CommitEvents>(commit: TCommit): TCommit[] {
  if (commit.events.length <= PART) return [commit];
  const { version } = commit;
  const first = { ...commit, events: commit.events.slice(0, PART), last: version + PART - 1 };
  return [first, ...partsOf(restOf(commit, version + PART - 1))];
}

/** Writes the parts of a large append one after the other. */
async function appendPiecemeal(sound: InMemoryEventStore, append: Append): Promise<Commit> {
  const { events } = append;
  if (events.length <= PART) return sound.append(append);
  const first = await sound.append({ ...append, events: events.slice(0, PART) });
  const rest = await appendPiecemeal(sound, { ...append, after: endOf(first), events: events.slice(PART) });
  return { ...first, last: rest.last, events };
}

export const brokenLargeCommits: BrokenStores = {
  'gives a large commit back as one': {
    'reads a large commit in parts': broken(reading((commits) => commits.flatMap(partsOf))),
    'reads the parts of a large commit backward': broken(
      reading((commits, { backward }) => (backward ? commits.flatMap((commit) => partsOf(commit).reverse()) : commits)),
    ),
    'loads a large commit in parts': broken((sound) => ({
      load: async (stream, query) => {
        const latest = await sound.load(stream, query);
        return { ...latest, commits: latest.commits.flatMap(partsOf) };
      },
    })),
  },
  'refuses stale positions before it, and tells of the whole of it if of any': {
    'appends large commits part by part': broken((sound) => ({ append: (append) => appendPiecemeal(sound, append) })),
    'tells of the first part of the winner': broken((sound) => ({
      append: async (append) => {
        try {
          return await sound.append(append);
        } catch (error) {
          if (!(error instanceof ConflictError) || !error.winner) throw error;
          throw new ConflictError(error.stream, error.expected, { winner: partsOf(error.winner)[0] });
        }
      },
    })),
  },
  'goes on after it, with appends, checks and a deletion': {
    'continues after the first part': broken((sound) => ({
      append: async (append) => {
        const commit = await sound.append(append);
        return commit.events.length > PART ? { ...commit, last: commit.version } : commit;
      },
    })),
  },
  'keeps a snapshot with it': {
    'keeps no snapshot with a large commit': broken((sound) => ({
      append: (append) => {
        const { snapshot, ...rest } = append;
        return sound.append(append.events.length > PART ? rest : append);
      },
    })),
  },
  'counts it as one, and gives the whole of it, wherever a range ends': {
    'limits the parts': broken(
      reading(
        (commits, { limit = Number.POSITIVE_INFINITY }) => {
          let left = limit;
          return commits.filter((commit) => {
            left -= partsOf(commit).length;
            return left >= 0;
          });
        },
        ({ limit, ...range }) => range,
      ),
    ),
    'gives only the parts that begin within the range': broken(
      reading((commits, { upTo = Number.POSITIVE_INFINITY }) =>
        commits.map((commit) => {
          const parts = partsOf(commit).filter(({ version }) => version <= upTo);
          return { ...commit, last: parts.at(-1)?.last ?? commit.last, events: parts.flatMap(({ events }) => events) };
        }),
      ),
    ),
  },
  'gives the rest of it after any of its events': {
    'gives the rest of a large commit from the next part on': broken(
      reading((commits) =>
        commits.map((commit) => {
          const { offset = 0, version } = commit;
          return offset === 0 ? commit : restOf(commit, version + (PART - (offset % PART)) - 1);
        }),
      ),
    ),
  },
  'gives its events to a scan in order, be it in parts': {
    'numbers every part from 0': broken((sound) => ({
      async *scan(options) {
        for await (const page of sound.scan(options)) {
          yield { ...page, commits: page.commits.flatMap(partsOf).map(({ offset, ...part }) => part) };
        }
      },
    })),
  },
  'refuses a large commit at a stale position, wholly': {
    'overwrites with a large commit': broken((sound) => ({
      append: async (append) => {
        const last = append.events.length > PART ? (await sound.load(append.after.stream)).commits.at(-1) : undefined;
        return sound.append(last ? { ...append, after: endOf(last) } : append);
      },
    })),
  },
  'refuses a commit of twice as much and writes nothing': {
    'takes a larger commit than it says': {
      ...broken(() => ({})),
      subject: { largestCommitBytes: 10_000 },
    },
  },
  'takes a commit of as much as it says': {
    'takes a smaller commit than it says': {
      ...broken((sound) => ({
        append: async (append) => {
          if (append.events.length > PART) throw new ConflictError(append.after.stream, 0);
          return sound.append(append);
        },
      })),
      subject: { largestCommitBytes: 20_000 },
    },
  },
};
