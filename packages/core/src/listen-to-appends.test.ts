import { describe, expect, it } from 'vitest';
import { endOf, startOf } from './commit.js';
import { InMemoryEventStore } from './in-memory-store.js';
import { type AppendReport, listenToAppends } from './listen-to-appends.js';
import { describeEventStore } from './testing/index.js';

describeEventStore(
  // Some promises take seconds to wait for.
  { describe, it: it.concurrent },
  {
    name: 'A store with a listener',
    create: async () => ({ store: listenToAppends(new InMemoryEventStore(), () => undefined) }),
  },
);

const metadata = { correlationId: 'c', causationId: 'c' };
const events = [
  { type: 'Opened', data: {} },
  { type: 'Noted', data: {} },
];

function listened() {
  const reports: AppendReport[] = [];
  const store = listenToAppends(new InMemoryEventStore(), (report) => reports.push(report));
  return { store, reports };
}

describe('a store with a listener', () => {
  it('may be spread, and is made of a store that cannot be changed', async () => {
    const heard: AppendReport[] = [];
    const store = Object.freeze(new InMemoryEventStore());

    const spread = { ...listenToAppends(store, (report) => heard.push(report)) };
    await spread.append({ after: startOf('order-1'), events, metadata });

    expect(heard).toMatchObject([{ events: 2 }]);
    expect((await spread.load('order-1')).commits).toHaveLength(1);
  });

  it('is replaced in, and not in the store itself', () => {
    const store = new InMemoryEventStore();
    const listened = listenToAppends(store, () => undefined);

    listened.append = () => Promise.reject(new Error('replaced'));

    expect(Object.hasOwn(store, 'append')).toBe(false);
  });
});

describe('the listener of a store', () => {
  it('hears of each append how many events it has recorded, in a transaction and at a deletion too', async () => {
    const { store, reports } = listened();

    const commit = await store.append({ after: startOf('order-1'), events, metadata });
    const [second = commit] = await store.transact([
      { after: endOf(commit), events, metadata },
      { after: startOf('stock-2'), events, metadata },
      { claim: { name: 'email', value: 'ada' }, by: 'order-1' },
    ]);
    await store.delete(endOf(second), metadata);

    expect(reports).toEqual([
      { streams: ['order-1'], events: 2, error: undefined },
      { streams: ['order-1', 'stock-2'], events: 4, error: undefined },
      { streams: ['order-1'], events: 1, error: undefined },
    ]);
  });

  it('hears what was thrown, which is thrown on', async () => {
    const { store, reports } = listened();
    await store.append({ after: startOf('order-1'), events, metadata });

    const second = store.append({ after: startOf('order-1'), events, metadata });

    await expect(second).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(reports[1]).toMatchObject({ streams: ['order-1'], events: 0, error: { code: 'CONFLICT' } });
  });

  it('does not undo by what it throws what was recorded', async () => {
    const store = listenToAppends(new InMemoryEventStore(), () => {
      throw new Error('no disk left');
    });

    await expect(store.append({ after: startOf('order-1'), events, metadata })).resolves.toMatchObject({ last: 2 });
  });
});
