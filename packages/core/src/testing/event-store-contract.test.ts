import { describe as nodeDescribe, it as nodeIt } from 'node:test';
import { describe, expect, it, test } from 'vitest';
import { type Append, type Commit, toCommit, toCommits } from '../commit.js';
import type { EventStore, ReadRange } from '../event-store.js';
import { InMemoryEventStore } from '../in-memory-store.js';
import { systemClock, systemIds } from '../ports.js';
import { describeEventStore, type EventStoreSubject, type TestRunner } from './event-store-contract.js';

const ports = { clock: systemClock, ids: systemIds };

/** Runs the suite with a runner that only takes note of the promises that are broken. */
async function brokenPromises(create: () => EventStore, subject: Partial<EventStoreSubject> = {}): Promise<string[]> {
  const checks: { readonly promise: string; readonly check: () => Promise<void> }[] = [];
  const noting: TestRunner = {
    describe: (_name, body) => body(),
    it: (promise, check) => checks.push({ promise, check }),
  };
  describeEventStore(noting, { name: 'the store', create: async () => ({ store: create() }), ...subject });
  const broken = await Promise.all(
    checks.map(({ promise, check }) =>
      check().then(
        () => [],
        () => [promise],
      ),
    ),
  );
  return broken.flat();
}

/** A sound store of which one thing is changed. */
class Changed implements EventStore {
  protected readonly sound = new InMemoryEventStore();
  append(append: Append): Promise<Commit> {
    return this.sound.append(append);
  }
  transact(appends: readonly Append[]): Promise<readonly Commit[]> {
    return this.sound.transact(appends);
  }
  read(stream: string, range?: ReadRange): AsyncIterable<Commit> {
    return this.sound.read(stream, range);
  }
}

/** Keeps what it is given in a list, and looks at nothing. */
class Careless implements EventStore {
  readonly #commits: Commit[] = [];
  async append(append: Append): Promise<Commit> {
    const { after, events, metadata } = append;
    const [version, last] = [after.version + 1, after.version + events.length];
    const commit = {
      stream: after.stream,
      version,
      last,
      id: systemIds(),
      at: new Date(0).toISOString(),
      events,
      metadata,
    };
    this.#commits.push(commit);
    return commit;
  }
  async transact(appends: readonly Append[]): Promise<readonly Commit[]> {
    return Promise.all(appends.map((append) => this.append(append)));
  }
  async *read(stream: string): AsyncIterable<Commit> {
    yield* this.#commits.filter((commit) => commit.stream === stream);
  }
}

describe('the contract', () => {
  test('is kept by the store in memory', async () => {
    expect(await brokenPromises(() => new InMemoryEventStore())).toEqual([]);
  });

  test('is broken in most ways by a store that looks at nothing', async () => {
    const broken = await brokenPromises(() => new Careless());

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
    class Piecemeal extends Changed {
      override async transact(appends: readonly Append[]): Promise<readonly Commit[]> {
        toCommits(appends, ports);
        const commits: Commit[] = [];
        for (const append of appends) commits.push(await this.sound.append(append));
        return commits;
      }
    }

    expect(await brokenPromises(() => new Piecemeal())).toContain(
      'leaves nothing when one of its streams has moved on',
    );
  });

  test('is broken by an append that gives back what it was given', async () => {
    class Echoing extends Changed {
      override async append(append: Append): Promise<Commit> {
        return { ...(await super.append(append)), events: append.events, metadata: append.metadata };
      }
    }

    expect(await brokenPromises(() => new Echoing())).toEqual([
      'gives back when reading what it gave back when appending',
      'shares nothing with its callers',
    ]);
  });

  test('is broken by an append that looks at the end and then writes', async () => {
    class Racing extends Careless {
      override async append(append: Append): Promise<Commit> {
        toCommit(append, ports);
        for await (const { last } of this.read(append.after.stream)) {
          if (last > append.after.version) await new InMemoryEventStore().append({ ...append, events: [] });
        }
        return super.append(append);
      }
    }

    expect(await brokenPromises(() => new Racing())).toEqual(
      expect.arrayContaining([
        'lets exactly one of 20 appends at one position win',
        'lets exactly one of 20 create a stream',
      ]),
    );
  });

  test('is broken by a reader that stops after a megabyte', async () => {
    class OnePage extends Changed {
      override async *read(stream: string, range?: ReadRange): AsyncIterable<Commit> {
        let bytes = 0;
        for await (const commit of this.sound.read(stream, range)) {
          bytes += JSON.stringify(commit).length;
          if (bytes > 1_048_576) return;
          yield commit;
        }
      }
    }

    expect(await brokenPromises(() => new OnePage())).toEqual(['reads more than a megabyte in order']);
  });

  test('is broken by a store that takes a larger commit than it can', async () => {
    expect(await brokenPromises(() => new InMemoryEventStore(), { largestCommitBytes: 10_000 })).toEqual([
      'refuses a commit beyond it and writes nothing',
      'refuses a transaction with such a commit and writes nothing',
    ]);
  });

  test('closes the store after every check, whether it passes or not', async () => {
    let open = 0;
    let closed = 0;
    const create = async () => {
      open++;
      const close = async () => {
        closed++;
      };
      return { store: new Careless(), close };
    };

    await brokenPromises(() => new Careless(), { create });

    expect(open).toBeGreaterThan(50);
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
