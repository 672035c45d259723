import { describe as nodeDescribe, it as nodeIt } from 'node:test';
import { describe, expect, it, test } from 'vitest';
import { preparePart } from '../claims.js';
import { type Append, type Commit, toCommit } from '../commit.js';
import { ConflictError } from '../errors.js';
import type { EventStore } from '../event-store.js';
import { InMemoryEventStore } from '../in-memory-store.js';
import { systemClock, systemIds } from '../ports.js';
import { prepareTransaction } from '../transaction.js';
import { brokenOf, promisesTo, subjectOf } from './broken-promises.test.fixture.js';
import { type BrokenStore, changed, reading } from './broken-stores/broken-store.test.fixture.js';
import type { EventStoreSubject, TestRunner } from './event-store-contract.js';

const ports = { clock: systemClock, ids: systemIds };

type Create = BrokenStore['create'];

/** A sound store with some of it changed. */
const sound =
  (change: Parameters<typeof changed>[1]): Create =>
  (given) =>
    changed(new InMemoryEventStore(given), change);

/** Which promises to a store without limits are broken. */
async function brokenPromises(create: Create, changes: Partial<EventStoreSubject> = {}): Promise<string[]> {
  const { largestCommitBytes, ...subject } = subjectOf({ create });
  return brokenOf(promisesTo({ ...subject, ...changes }));
}

/** Keeps what it is given in a list, and looks at nothing. */
function careless(): EventStore {
  const commits: Commit[] = [];
  const append = async ({ after, events, metadata }: Append): Promise<Commit> => {
    const [version, last] = [after.version + 1, after.version + events.length];
    const at = new Date(0).toISOString();
    const commit = { stream: after.stream, version, last, id: systemIds(), at, events, metadata };
    commits.push(commit);
    return commit;
  };
  return changed(new InMemoryEventStore(), () => ({
    append,
    transact: (parts) => Promise.all(parts.flatMap((part) => ('after' in part ? [append(part)] : []))),
    async *read(stream) {
      yield* commits.filter((commit) => commit.stream === stream);
    },
  }));
}

describe('the contract', () => {
  test('is kept by the store in memory', async () => {
    expect(await brokenPromises((given) => new InMemoryEventStore(given))).toEqual([]);
  });

  test('is broken in most ways by a store that looks at nothing', async () => {
    const broken = await brokenPromises(careless);

    expect(broken).toEqual(
      expect.arrayContaining([
        'refuses an append after a position that is no longer the end',
        'creates a stream once',
        'refuses a position that is several commits old, and leaves no gap',
        'refuses a commit without events',
        'shares nothing with its callers',
        'begins after a version that is known already',
        'finds nothing after the end',
        'ends with the last commit that begins no later than a version',
        'finds nothing in a range that ends before it begins',
        'leaves nothing when one of its streams has moved on',
        'leaves nothing when one of its events cannot be recorded',
        'refuses the same stream twice',
        'refuses 101 streams',
        'lets exactly one of 20 appends at one position win',
        'refuses NaN, says where, and writes nothing',
        'refuses metadata that JSON would change',
      ]),
    );
  });

  test('is broken by a transaction that is several appends', async () => {
    const piecemeal = sound((store) => ({
      transact: async (parts) => {
        prepareTransaction(parts, ports, preparePart);
        const commits: Commit[] = [];
        for (const part of parts) commits.push(...(await store.transact([part])));
        return commits;
      },
    }));

    expect(await brokenPromises(piecemeal)).toContain('leaves nothing when one of its streams has moved on');
  });

  test('is broken by an append that gives back what it was given', async () => {
    const echoing = sound((store) => ({
      append: async (append) => ({
        ...(await store.append(append)),
        events: append.events,
        metadata: append.metadata,
      }),
    }));

    expect(await brokenPromises(echoing)).toEqual([
      'gives back when reading what it gave back when appending',
      'shares nothing with its callers',
    ]);
  });

  test('is broken by an append that looks at the end and then writes', async () => {
    const racing = () => {
      const store = careless();
      return changed(new InMemoryEventStore(), () => ({
        ...store,
        append: async (append) => {
          toCommit(append, ports);
          for await (const { last } of store.read(append.after.stream)) {
            if (last > append.after.version) throw new ConflictError(append.after.stream, append.after.version);
          }
          return store.append(append);
        },
      }));
    };

    expect(await brokenPromises(racing)).toEqual(
      expect.arrayContaining([
        'lets exactly one of 20 appends at one position win',
        'lets exactly one of 20 create a stream',
      ]),
    );
  });

  test('is broken by a reader that stops after a megabyte', async () => {
    const onePage = sound(
      reading((commits) => {
        let bytes = 0;
        return commits.filter((commit) => {
          bytes += JSON.stringify(commit).length;
          return bytes <= 1_048_576;
        });
      }),
    );

    expect(await brokenPromises(onePage)).toEqual(['reads more than a megabyte in order, forward and backward']);
  });

  test('closes the store after every check, whether it passes or not', async () => {
    let open = 0;
    let closed = 0;
    const create = async () => {
      open++;
      const close = async () => {
        closed++;
      };
      return { store: careless(), close };
    };

    await brokenPromises(careless, { create });

    expect(open).toBeGreaterThan(150);
    expect(closed).toBe(open);
  });

  test('takes the functions of Vitest and of node:test', () => {
    const runners: TestRunner[] = [
      { describe, it },
      { describe: nodeDescribe, it: nodeIt },
    ];

    expect(runners).toHaveLength(2);
  });
});
