import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SnapshotSkippedListener } from '../commit.js';
import type { EventStore } from '../event-store.js';
import { InMemoryEventStore } from '../in-memory-store.js';
import { systemIds } from '../ports.js';
import { broken, changed, reading } from './broken-stores/broken-store.test.fixture.js';
import { type ComparedPorts, compareEventStores } from './compare-event-stores.js';
import { chooseOperation, type StoreOperation } from './store-operations.js';

const operation = fc.array(fc.nat(99), { minLength: 40, maxLength: 40 }).map((choices) => {
  const left = [...choices];
  return chooseOperation((below) => (left.shift() ?? 0) % below);
});
const operations = fc.array(operation, { minLength: 15, maxLength: 25, size: 'max' });

type Create = (ports: ComparedPorts & { onSnapshotSkipped: SnapshotSkippedListener }) => EventStore;

const inMemory = (ports: ComparedPorts) => new InMemoryEventStore(ports);

function comparing(other: Create, done: readonly StoreOperation[]): Promise<void> {
  const category = `compared${systemIds()}`;
  const withHook = (ports: ComparedPorts) => other({ ...ports, onSnapshotSkipped: () => undefined });
  return compareEventStores({ one: inMemory, other: withHook, category }, done);
}

describe('comparing event stores', () => {
  test('finds no difference between two of a kind', async () => {
    await fc.assert(
      fc.asyncProperty(operations, (done) => comparing(inMemory, done)),
      { numRuns: 200 },
    );
  });

  test.each<[string, { readonly create: Create }]>([
    ['limits the events', broken(reading((commits, { limit = 99 }) => commits.slice(0, limit - 1)))],
    ['forgets how far into a commit it is', broken(reading((commits) => commits.map(({ offset, ...rest }) => rest)))],
    [
      'keeps no snapshots',
      broken((sound) => ({ load: (stream, { snapshots, ...query } = {}) => sound.load(stream, query) })),
    ],
    [
      'checks nothing',
      broken((sound) => ({ transact: (parts) => sound.transact(parts.filter((part) => !('unchanged' in part))) })),
    ],
    [
      'knows no deletion',
      broken((sound) => ({
        append: ({ after: { deleted, ...after }, ...append }) => sound.append({ ...append, after }),
      })),
    ],
    ['holds nothing', broken(() => ({ holderOf: async () => undefined }))],
    [
      'loses a stream in scans',
      broken((sound) => ({
        async *scan(options) {
          for await (const page of sound.scan(options)) yield { ...page, commits: page.commits.slice(1) };
        },
      })),
    ],
    ['names nothing', broken(() => ({ async *streams() {} }))],
    ['saves nothing', broken(() => ({ saveSnapshot: async () => true }))],
  ])('finds a store that %s', async (_flaw, { create }) => {
    const property = fc.asyncProperty(operations, (done) => comparing(create, done));

    const { failed } = await fc.check(property, { numRuns: 300, seed: 7, endOnFailure: true });

    expect(failed).toBe(true);
  });

  test('comes upon everything that a store refuses, and upon what it gives', async () => {
    const met = new Set<string>();
    const noting = (ports: ComparedPorts) =>
      changed(new InMemoryEventStore(ports), (sound) => {
        const note = async <T>(name: string, call: Promise<T>): Promise<T> => {
          const noted = await call.then(
            () => name,
            (error: { code: string }) => `${name} ${error.code}`,
          );
          met.add(noted);
          return call;
        };
        return {
          append: (append) => note('append', sound.append(append)),
          transact: (parts) => note('transact', sound.transact(parts)),
          saveSnapshot: (of, snapshot) => note('saveSnapshot', sound.saveSnapshot(of, snapshot)),
          delete: (after, metadata) => note('delete', sound.delete(after, metadata)),
          load: async (stream, query) => {
            const { snapshot } = await sound.load(stream, query);
            return note(snapshot ? 'load a snapshot' : 'load', sound.load(stream, query));
          },
        };
      });

    await fc.assert(
      fc.asyncProperty(operations, (done) => comparing(noting, done)),
      { numRuns: 100, seed: 7 },
    );

    expect([...met].sort()).toEqual([
      'append',
      'append CONFLICT',
      'append INVALID_ARGUMENT',
      'append INVALID_EVENT',
      'append STREAM_DELETED',
      'delete',
      'delete CONFLICT',
      'delete STREAM_DELETED',
      'delete STREAM_NOT_FOUND',
      'load',
      'load a snapshot',
      'saveSnapshot',
      'saveSnapshot CONFLICT',
      'saveSnapshot STREAM_NOT_FOUND',
      'transact',
      'transact CLAIM_TAKEN',
      'transact CONFLICT',
      'transact INVALID_ARGUMENT',
      'transact INVALID_EVENT',
      'transact STREAM_DELETED',
    ]);
  });

  test('shrinks what it finds to a few operations', async () => {
    const { create } = broken(() => ({ saveSnapshot: async () => true }));
    const property = fc.asyncProperty(fc.array(operation, { maxLength: 25, size: 'max' }), (done) =>
      comparing(create, done),
    );

    const { counterexample } = await fc.check(property, { numRuns: 300, seed: 7 });

    const [few = []] = counterexample ?? [];
    expect(few.map(({ call }) => call)).toContain('saveSnapshot');
    expect(few.length).toBeLessThanOrEqual(3);
  });

  test('says which operation it was', async () => {
    const losing = broken(() => ({ holderOf: async () => 'somebody' }));

    const compared = comparing(losing.create, [
      { call: 'append', append: 0, back: 0, values: [1] },
      { call: 'holderOf', claim: 0 },
    ]);

    await expect(compared).rejects.toThrow('The stores differ in operation 1, {"call":"holderOf","claim":0}');
  });

  test('compares what is there in the end, whatever was done', async () => {
    const writingMore = broken((sound) => ({
      saveSnapshot: async (of, snapshot) => {
        const metadata = { correlationId: 'c', causationId: 'k' };
        const saved = await sound.saveSnapshot(of, snapshot);
        await sound.append({ after: of, events: [{ type: 'Saved', data: {} }], metadata });
        return saved;
      },
    }));

    const compared = comparing(writingMore.create, [
      { call: 'append', append: 0, back: 0, values: [1] },
      { call: 'saveSnapshot', stream: 0, back: 0, snapshot: { schema: 'one', state: 1 } },
    ]);

    await expect(compared).rejects.toThrow('The stores differ in the end, {"call":"read","stream":0}');
  });
});
