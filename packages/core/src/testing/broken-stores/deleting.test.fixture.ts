import { type Append, type Commit, endOf, isTombstone, type Position, startOf } from '../../commit.js';
import { StreamDeletedError } from '../../errors.js';
import type { EventStore } from '../../event-store.js';
import type { InMemoryEventStore } from '../../in-memory-store.js';
import { readAll } from '../contract/bench.js';
import { type BrokenStores, broken } from './broken-store.test.fixture.js';

async function lastOf(sound: InMemoryEventStore, stream: string): Promise<Commit | undefined> {
  return (await readAll(sound, stream)).at(-1);
}

/** A position that knows of no deletion. */
function undeleted({ stream, version }: Position): Position {
  return Object.assign(startOf(stream), { version });
}

async function readUndeleted(sound: InMemoryEventStore, stream: string, range: Parameters<EventStore['read']>[1]) {
  const last = await lastOf(sound, stream);
  const commits: Commit[] = [];
  if (last && isTombstone(last)) return commits;
  for await (const commit of sound.read(stream, range)) commits.push(commit);
  return commits;
}

export const brokenDeleting: BrokenStores = {
  'leaves what it holds to be read, with the deletion at its end': {
    'forgets what a deleted stream held': broken((sound) => ({
      async *read(stream, range) {
        yield* await readUndeleted(sound, stream, range);
      },
    })),
    'says nothing of the deletion': broken((sound) => ({
      async *read(stream, range) {
        for await (const commit of sound.read(stream, range)) if (!isTombstone(commit)) yield commit;
      },
    })),
    'loads a deleted stream as if it were not': broken((sound) => ({
      load: async (stream, query) => {
        const latest = await sound.load(stream, query);
        return { ...latest, commits: latest.commits.filter((commit) => !isTombstone(commit)) };
      },
    })),
  },
  'refuses to append after the deletion': {
    'appends after a deletion': broken((sound) => ({
      append: (append) => sound.append({ ...append, after: undeleted(append.after) }),
    })),
    'deletes what was deleted': broken((sound) => ({
      delete: (after, metadata) => sound.delete(undeleted(after), metadata),
    })),
  },
  'refuses a transaction that appends after the deletion, and leaves nothing': {
    'appends after a deletion in a transaction': broken((sound) => ({
      transact: (parts) =>
        sound.transact(parts.map((part) => ('after' in part ? { ...part, after: undeleted(part.after) } : part))),
    })),
  },
  'refuses to append after a position from before the deletion, and to create the stream again': {
    'creates a deleted stream again': broken((sound) => ({
      append: async (append) => {
        const last = append.after.version === 0 ? await lastOf(sound, append.after.stream) : undefined;
        return sound.append(last && isTombstone(last) ? { ...append, after: undeleted(endOf(last)) } : append);
      },
    })),
    'takes a stale position for the deletion': broken((sound) => {
      const check = async ({ after }: Append) => {
        const last = await lastOf(sound, after.stream);
        if (last && isTombstone(last)) throw new StreamDeletedError(after.stream, last.version);
      };
      return {
        append: async (append) => {
          await check(append);
          return sound.append(append);
        },
      };
    }),
  },
  'refuses to delete a stream that does not exist': {
    'deletes what does not exist': broken((sound) => ({
      delete: async (after, metadata) => {
        if (after.version > 0) return sound.delete(after, metadata);
        return sound.append({ after, events: [{ type: '$deleted', data: {} }], metadata });
      },
    })),
  },
  'refuses to delete a stream that has moved on': {
    'deletes a stream that has moved on': broken((sound) => ({
      delete: async (after, metadata) => {
        const last = await lastOf(sound, after.stream);
        return sound.delete(last ? endOf(last) : after, metadata);
      },
    })),
  },
  'ends a stream with one more commit, under the metadata given': {
    'deletes under no metadata': broken((sound) => ({
      delete: (after, { correlationId, causationId }) => sound.delete(after, { correlationId, causationId }),
    })),
  },
  'shows the deletion to a scan, and the stream in the list': {
    'leaves deleted streams out of scans': broken((sound) => ({
      async *scan(options) {
        for await (const page of sound.scan(options)) {
          yield { ...page, commits: page.commits.filter((commit) => !isTombstone(commit)) };
        }
      },
    })),
  },
};
