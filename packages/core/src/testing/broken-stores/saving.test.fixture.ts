import { endOf, type Position } from '../../commit.js';
import { InMemoryEventStore } from '../../in-memory-store.js';
import { type BrokenStores, broken } from './broken-store.test.fixture.js';

const metadata = { correlationId: 'c', causationId: 'k' };

async function endIn(store: InMemoryEventStore, { stream, version }: Position): Promise<Position> {
  const last = (await store.load(stream)).commits.at(-1);
  return last && version > 0 ? endOf(last) : ({ stream, version } as Position);
}

export const brokenSaving: BrokenStores = {
  'adds a snapshot to the last commit, and changes nothing else': {
    'says that it saved a snapshot': broken(() => ({ saveSnapshot: async () => true })),
    'saves a snapshot as a commit': broken((sound) => ({
      saveSnapshot: async (of, snapshot) => {
        await sound.append({ after: of, events: [{ type: 'Saved', data: {} }], metadata, snapshot });
        return true;
      },
    })),
  },
  'refuses a snapshot of what the stream was': {
    'saves a snapshot of what the stream was': broken((sound) => ({
      saveSnapshot: async (of, snapshot) => sound.saveSnapshot(await endIn(sound, of), snapshot),
    })),
  },
  'puts a later snapshot in the place of an earlier one': {
    'keeps the first snapshot': broken((sound) => {
      const saved = new Set<string>();
      return {
        saveSnapshot: async (of, snapshot) => {
          if (saved.has(of.stream)) return true;
          saved.add(of.stream);
          return sound.saveSnapshot(of, snapshot);
        },
      };
    }),
  },
  'refuses a snapshot of a stream without events': {
    'lets a snapshot of nothing be': broken((sound) => ({
      saveSnapshot: async (of, snapshot) => of.version > 0 && sound.saveSnapshot(of, snapshot),
    })),
  },
  'records the events all the same': {
    'refuses the events of a state that cannot be kept': broken((sound) => ({
      append: async (append) => {
        if (append.snapshot) JSON.stringify(append.snapshot.state, refuse);
        return sound.append(append);
      },
    })),
    'changes what it cannot keep until it can': broken((sound) => ({
      append: (append) => {
        const { snapshot, ...rest } = append;
        if (!snapshot) return sound.append(append);
        const state = JSON.parse(
          JSON.stringify(snapshot.state ?? null, (_, value) => (typeof value === 'bigint' ? 0 : value)),
        );
        return sound.append({ ...rest, snapshot: { ...snapshot, state } });
      },
    })),
    'keeps a larger state than it says': { ...broken(() => ({})), subject: { largestStateBytes: 1_000 } },
  },
  'records the events of a transaction all the same': {
    'refuses the transaction of a state that cannot be kept': broken((sound) => ({
      transact: async (parts) => {
        for (const part of parts) if ('after' in part) JSON.stringify(part.snapshot?.state, refuse);
        return sound.transact(parts);
      },
    })),
  },
  'says so when a snapshot is to be saved, and leaves the one there was': {
    'says that it saved what it did not': broken((sound) => ({
      saveSnapshot: async (of, snapshot) => {
        await sound.saveSnapshot(of, snapshot);
        return true;
      },
    })),
    'drops the snapshot there was for one that it cannot keep': broken((sound) => ({
      saveSnapshot: async (of, snapshot) => {
        const saved = await sound.saveSnapshot(of, snapshot);
        if (!saved) await sound.saveSnapshot(of, { schema: 'dropped', state: null });
        return saved;
      },
    })),
  },
  'tells of every snapshot that it does not keep, and why': {
    'tells nobody of a snapshot that it does not keep': {
      ...broken(() => ({})),
      create: ({ clock }) => new InMemoryEventStore({ clock }),
    },
  },
  'keeps a large state': {
    'keeps a smaller state than it says': broken((sound) => ({
      append: (append) => {
        const { snapshot, ...rest } = append;
        const small = snapshot && (JSON.stringify(snapshot.state, big)?.length ?? 0) < 10_000;
        return sound.append(small ? append : rest);
      },
    })),
  },
};

function big(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function refuse(_: string, value: unknown): unknown {
  if (typeof value === 'number' && Number.isNaN(value)) throw new Error('a state that cannot be kept');
  return big('', value);
}
