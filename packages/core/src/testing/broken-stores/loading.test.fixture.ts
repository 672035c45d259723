import type { Latest, LoadQuery } from '../../event-store.js';
import { type BrokenStores, broken } from './broken-store.test.fixture.js';

/** A change of loading: what is asked of a sound store. */
const asking = (ask: (query: LoadQuery) => LoadQuery) =>
  broken((sound) => ({ load: (stream, query = {}) => sound.load(stream, ask(query)) }));

export const brokenLoading: BrokenStores = {
  'finds nothing in a stream that does not exist': {
    'finds a snapshot that is nothing': broken((sound) => ({
      load: async (stream, query) => ({ snapshot: undefined, ...(await sound.load(stream, query)) }) as Latest,
    })),
  },
  'gives what reading gives': {
    'loads what is later than asked for': asking(({ upTo, ...query }) => query),
  },
  'begins after the position that is known already': {
    'loads what is known already': asking(({ after, ...query }) => query),
  },
  'gives the stream as of a time: up to the last commit recorded no later': {
    'loads the present whatever the time': asking(({ until, ...query }) => query),
    'leaves out the commit of the very time': asking(({ until, ...query }) =>
      until === undefined || !until.startsWith('2') ? query : { ...query, until: earlier(until) },
    ),
  },
  'ends where the version or the time says, whichever is first, and begins after what is known': {
    'forgets the version for the time': asking(({ upTo, ...query }) =>
      query.until === undefined && upTo !== undefined ? { ...query, upTo } : query,
    ),
  },
  'loads more than a megabyte': {
    'loads a page': broken((sound) => ({
      load: async (stream, query) => {
        const latest = await sound.load(stream, query);
        let bytes = 0;
        const commits = latest.commits.filter((commit) => {
          bytes += JSON.stringify(commit).length;
          return bytes < 1_048_576;
        });
        return { ...latest, commits };
      },
    })),
  },
  'refuses a query that makes no sense': {
    'makes sense of every query': asking(({ upTo, until, snapshots, ...query }) => ({
      ...query,
      ...(upTo === undefined || !(upTo >= 0) ? {} : { upTo }),
      ...(until === undefined || Number.isNaN(Date.parse(until)) ? {} : { until: new Date(until).toISOString() }),
      ...(snapshots ? { snapshots: { ...snapshots, every: 10 } } : {}),
    })),
  },
};

function earlier(time: string): string {
  return new Date(Date.parse(time) - 1).toISOString();
}
