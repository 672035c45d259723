import { startOf } from '../../commit.js';
import type { Latest, LoadQuery } from '../../event-store.js';
import type { InMemoryEventStore } from '../../in-memory-store.js';
import { type BrokenStores, broken } from './broken-store.test.fixture.js';

/** A change of loading that is made of what a sound store loads. */
const loading = (load: (sound: InMemoryEventStore, stream: string, query: LoadQuery) => Promise<Latest>) =>
  broken((sound) => ({ load: (stream, query = {}) => load(sound, stream, query) }));

const SCHEMAS = ['one', 'two', 'zero', 'On', 'one.1', 'three'];

/** The newest snapshot of several schemas. */
async function newestOf(
  sound: InMemoryEventStore,
  stream: string,
  query: LoadQuery,
  schemas: readonly string[],
): Promise<Latest> {
  const found = await Promise.all(
    schemas.map((schema) => sound.load(stream, { ...query, snapshots: { schema, every: 1 } })),
  );
  return found.sort((one, next) => one.commits.length - next.commits.length)[0] ?? { commits: [] };
}

export const brokenSnapshots: BrokenStores = {
  'gives the newest snapshot and the commits after it': {
    'keeps no snapshots': loading((sound, stream, { snapshots, ...query }) => sound.load(stream, query)),
    'gives the oldest snapshot': loading(async (sound, stream, query) => {
      const { snapshots } = query;
      const { commits } = await sound.load(stream, { ...query, snapshots: { schema: 'none', every: 1 } });
      for (const { last } of snapshots ? commits : []) {
        const { snapshot } = await sound.load(stream, { ...query, upTo: Math.min(last, query.upTo ?? last) });
        if (snapshot)
          return { snapshot, commits: commits.filter(({ version }) => version > snapshot.position.version) };
      }
      return { commits };
    }),
  },
  'gives a position that can be appended after, and that conflicts when it is old': {
    'gives a position before the snapshot': loading(async (sound, stream, query) => {
      const { snapshot, commits } = await sound.load(stream, query);
      return snapshot ? { snapshot: { ...snapshot, position: startOf(stream) }, commits } : { commits };
    }),
  },
  'passes over snapshots of another schema': {
    'gives a snapshot of any schema': loading((sound, stream, query) =>
      query.snapshots ? newestOf(sound, stream, query, SCHEMAS) : sound.load(stream, query),
    ),
    'gives a snapshot of a schema that begins alike': loading((sound, stream, query) => {
      const { schema = 'none' } = query.snapshots ?? {};
      return newestOf(
        sound,
        stream,
        query,
        SCHEMAS.filter((other) => other.startsWith(schema)),
      );
    }),
  },
  'gives all commits to one who asks for no snapshot': {
    'gives a snapshot to one who asks for none': loading((sound, stream, query) =>
      newestOf(sound, stream, query, [query.snapshots?.schema ?? 'one']),
    ),
  },
  'finds a snapshot however far back it is, and whatever distance it is asked with': {
    'looks no further back than a snapshot should be': loading(async (sound, stream, query) => {
      const latest = await sound.load(stream, query);
      const { every = 1_000 } = query.snapshots ?? {};
      return latest.commits.length <= every ? latest : { commits: latest.commits.slice(-every) };
    }),
  },
  'gives no snapshot of a later state than is asked for': {
    'gives a snapshot of a later version than asked for': loading(async (sound, stream, query) => {
      const latest = await sound.load(stream, query);
      const { version = 0, last = 0 } = latest.commits.at(-1) ?? {};
      return query.upTo === undefined || version > query.upTo
        ? latest
        : sound.load(stream, { ...query, upTo: last || query.upTo });
    }),
  },
  'gives no snapshot of what is known already': {
    'gives a snapshot of what is known already': loading(async (sound, stream, { after, ...query }) => {
      const latest = await sound.load(stream, query);
      return latest.snapshot || after === undefined ? latest : sound.load(stream, { ...query, after });
    }),
  },
  'gives no snapshot of a later time than is asked for': {
    'gives a snapshot of a later time than asked for': loading(async (sound, stream, { until, ...query }) => {
      const latest = await sound.load(stream, query);
      return latest.snapshot || until === undefined ? latest : sound.load(stream, { ...query, until });
    }),
  },
  'keeps snapshots of a transaction too': {
    'forgets the snapshots of a transaction': broken((sound) => ({
      transact: (parts) =>
        sound.transact(
          parts.map((part) => {
            if (!('after' in part)) return part;
            const { snapshot, ...append } = part;
            return append;
          }),
        ),
    })),
  },
  'carries any state that JSON carries': {
    'takes a state for none when it means nothing to an if': loading(async (sound, stream, query) => {
      const latest = await sound.load(stream, query);
      return latest.snapshot?.state
        ? latest
        : sound.load(stream, { ...query, snapshots: { schema: 'none', every: 1 } });
    }),
  },
  'shares no state with its callers': {
    'shares the state with its callers': broken((sound) => {
      const states = new Map<string, unknown>();
      return {
        append: (append) => {
          if (append.snapshot) states.set(append.after.stream, append.snapshot.state);
          return sound.append(append);
        },
        load: async (stream, query) => {
          const { snapshot, commits } = await sound.load(stream, query);
          return snapshot
            ? { snapshot: { ...snapshot, state: states.get(stream) ?? snapshot.state }, commits }
            : { commits };
        },
      };
    }),
  },
};
