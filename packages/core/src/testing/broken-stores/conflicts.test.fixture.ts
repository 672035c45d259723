import type { Commit } from '../../commit.js';
import { ConflictError, isEverfoldError } from '../../errors.js';
import type { InMemoryEventStore } from '../../in-memory-store.js';
import { readAll } from '../contract/bench.js';
import { type BrokenStores, broken } from './broken-store.test.fixture.js';

type Tell = (conflict: ConflictError) => Promise<Commit | undefined>;

/** Calls that conflict as those of a sound store do, but tell of another winner. */
function telling(sound: InMemoryEventStore, tell: Tell) {
  const retold = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      throw new ConflictError(error.stream, error.expected, { winner: await tell(error) });
    }
  };
  return {
    append: (append: Parameters<InMemoryEventStore['append']>[0]) => retold(() => sound.append(append)),
    transact: (parts: Parameters<InMemoryEventStore['transact']>[0]) => retold(() => sound.transact(parts)),
    delete: (...of: Parameters<InMemoryEventStore['delete']>) => retold(() => sound.delete(...of)),
  };
}

export const brokenConflicts: BrokenStores = {
  'tells an append of the commit that came first at its position': {
    'tells of no winner': broken((sound) => telling(sound, async () => undefined)),
    'tells of the last commit as the winner': broken((sound) =>
      telling(sound, async ({ stream }) => (await readAll(sound, stream)).at(-1)),
    ),
  },
  'tells every append of a race who won it': {
    'takes a conflict for a fault of its own': broken((sound) => ({
      append: async (append) => {
        try {
          return await sound.append(append);
        } catch (error) {
          throw isEverfoldError(error, 'CONFLICT') ? new Error('the condition failed', { cause: error }) : error;
        }
      },
    })),
  },
  'tells a transaction of the commit that came first': {
    'tells only an append of the winner': broken((sound) => {
      const { transact, delete: end } = telling(sound, async () => undefined);
      return { transact, delete: end };
    }),
  },
  'shares nothing with those whom it tells': {
    'hands out the winner that it keeps': broken((sound) => {
      const kept = new Map<string, Commit>();
      return {
        ...telling(sound, async ({ winner }) => {
          if (winner) kept.set(winner.id, winner);
          return winner;
        }),
        async *read(stream, range) {
          for await (const commit of sound.read(stream, range)) yield kept.get(commit.id) ?? commit;
        },
      };
    }),
  },
};
