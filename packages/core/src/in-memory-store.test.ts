import { describe, expect, it, test } from 'vitest';
import { type Append, type Commit, endOf, type SnapshotSkipped, startOf } from './commit.js';
import { InMemoryEventStore } from './in-memory-store.js';
import type { Clock } from './ports.js';
import { describeEventStore } from './testing/index.js';

const skipped: SnapshotSkipped[] = [];
let now = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const clock: Clock = { now: () => now, sleep: async () => {} };

describeEventStore(
  { describe, it },
  {
    name: 'InMemoryEventStore',
    create: async () => ({
      store: new InMemoryEventStore({ clock, onSnapshotSkipped: (snapshot) => skipped.push(snapshot) }),
    }),
    passTime: (milliseconds) => {
      now += milliseconds;
    },
    skippedSnapshots: () => skipped,
  },
);

const metadata = { correlationId: 'c', causationId: 'k' };

function creating(stream: string, ...types: string[]): Append {
  return { after: startOf(stream), events: types.map((type) => ({ type, data: {} })), metadata };
}

/** What a listener heard: the streams of the commits, in order. */
function listenTo(store: InMemoryEventStore): string[] {
  const heard: string[] = [];
  store.subscribe(({ stream, version }) => heard.push(`${stream}@${version}`));
  return heard;
}

describe('InMemoryEventStore', () => {
  test('records at the time and under the ids of its ports', async () => {
    const store = new InMemoryEventStore({ clock: { now: () => 0, sleep: async () => {} }, ids: () => 'id-1' });

    const commit = await store.append(creating('order-1', 'Placed'));

    expect(commit).toMatchObject({ id: 'id-1', at: '1970-01-01T00:00:00.000Z' });
  });

  test('lists all commits, stream by stream', async () => {
    const store = new InMemoryEventStore();
    const first = await store.append(creating('a-1', 'A'));
    const second = await store.append(creating('b-1', 'B'));
    const third = await store.append({ ...creating('a-1', 'A'), after: endOf(first) });

    expect([...store.commits()]).toEqual([first, third, second]);
  });
});

describe('a snapshot that is not kept', () => {
  const flawed = { schema: '1', state: { at: new Date(0) } };

  test('is told of, with the reason', async () => {
    const told: SnapshotSkipped[] = [];
    const store = new InMemoryEventStore({ onSnapshotSkipped: (snapshot) => told.push(snapshot) });

    await store.append({ ...creating('order-1', 'Placed', 'Paid'), snapshot: flawed });

    expect(told).toEqual([
      { stream: 'order-1', version: 2, schema: '1', reason: expect.stringContaining('at: JSON has no Date') },
    ]);
  });

  test('leaves nothing of a transaction when the one who is told fails', async () => {
    const onSnapshotSkipped = () => {
      throw new Error('the listener failed');
    };
    const store = new InMemoryEventStore({ onSnapshotSkipped });
    const claim = { name: 'email', value: 'ada@example.org' };
    const parts = [{ claim, by: 'me' }, creating('a-1', 'A'), { ...creating('b-1', 'B'), snapshot: flawed }];

    await expect(store.transact(parts)).rejects.toThrow('the listener failed');

    expect([[...store.commits()], await store.holderOf(claim)]).toEqual([[], undefined]);
  });
});

describe('the change feed', () => {
  test('tells of every commit in the order of recording', async () => {
    const store = new InMemoryEventStore();
    const heard = listenTo(store);

    const placed = await store.append(creating('order-1', 'Placed'));
    await store.transact([creating('stock-1', 'Reserved'), { ...creating('order-1', 'Paid'), after: endOf(placed) }]);

    expect(heard).toEqual(['order-1@1', 'stock-1@1', 'order-1@2']);
  });

  test('tells what a reader would read, to each listener a copy of its own', async () => {
    const store = new InMemoryEventStore();
    const heard: Commit[] = [];
    store.subscribe((commit) => {
      heard.push(structuredClone(commit));
      (commit.events as unknown[]).length = 0;
    });
    store.subscribe((commit) => heard.push(commit));

    const commit = await store.append(creating('order-1', 'Placed'));

    expect(commit.events).toHaveLength(1);
    expect(heard).toEqual([commit, commit]);
  });

  test('keeps its order for every listener when a listener appends', async () => {
    const store = new InMemoryEventStore();
    const appended: Promise<unknown>[] = [];
    store.subscribe(({ stream }) => {
      if (stream === 'order-1') appended.push(store.append(creating('saga-1', 'Started')));
    });
    const heard = listenTo(store);

    await store.transact([creating('order-1', 'Placed'), creating('stock-1', 'Reserved')]);
    await Promise.all(appended);

    expect(heard).toEqual(['order-1@1', 'stock-1@1', 'saga-1@1']);
  });

  test('tells nothing of what was refused', async () => {
    const store = new InMemoryEventStore();
    await store.append(creating('order-1', 'Placed'));
    const heard = listenTo(store);

    await expect(store.transact([creating('stock-1', 'Reserved'), creating('order-1', 'Placed')])).rejects.toThrow(
      'moved on',
    );

    expect(heard).toEqual([]);
  });

  test('tells a listener nothing more once it has unsubscribed', async () => {
    const store = new InMemoryEventStore();
    const heard: string[] = [];
    const unsubscribe = store.subscribe(({ stream }) => {
      heard.push(stream);
      unsubscribe();
    });

    await store.transact([creating('order-1', 'Placed'), creating('stock-1', 'Reserved')]);

    expect(heard).toEqual(['order-1']);
  });

  test('lets an append be, whatever a listener throws, and throws it where nobody can miss it', async () => {
    const store = new InMemoryEventStore();
    store.subscribe(() => {
      throw new Error('the listener failed');
    });
    const heard = listenTo(store);

    const uncaught = await catchUncaught(async () => {
      await store.append(creating('order-1', 'Placed'));
    });

    expect(uncaught).toEqual([new Error('the listener failed')]);
    expect(heard).toEqual(['order-1@1']);
  });
});

/** Runs `act` with the test runner's own handlers of uncaught exceptions out of the way. */
async function catchUncaught(act: () => Promise<void>): Promise<unknown[]> {
  const caught: unknown[] = [];
  const handlers = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => caught.push(error));
  try {
    await act();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const handler of handlers) process.on('uncaughtException', handler);
  }
  return caught;
}
