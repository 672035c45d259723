import { InMemoryEventStore } from '@everfold/core';
import { createStreamConsumer, eachStream } from '@everfold/dynamodb-store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cancelled, delivery, placed, record } from '../shop.test.fixture.js';

/** An index that takes a document only under a higher version, as OpenSearch does with `version_type=external`. */
class Documents {
  readonly bodies = new Map<string, { readonly version: number; readonly body: object }>();

  async index(id: string, version: number, body: object): Promise<'indexed' | 'version_conflict'> {
    if (version <= (this.bodies.get(id)?.version ?? 0)) return 'version_conflict';
    this.bodies.set(id, { version, body });
    return 'indexed';
  }
}

/** Puts the state of each stream of a batch into the index, folded from the event store, under its version. */
function indexing(eventStore: InMemoryEventStore, documents: Documents) {
  return createStreamConsumer({
    handle: eachStream(async (stream, commits, handled) => {
      const statuses: string[] = [];
      let version = 0;
      for await (const commit of eventStore.read(stream)) {
        statuses.push(...commit.events.map(({ type }) => type));
        version = commit.last;
      }
      // A conflict says that this version, or a later one, is there already.
      await documents.index(stream, version, { statuses });
      for (const commit of commits) handled(commit);
    }),
  });
}

describe('documents under the version of their stream', () => {
  it('end as the fold of the stream, whatever is delivered twice, late, at once or never but for the last', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 4 }), { maxLength: 5 }),
        fc.scheduler(),
        async (waves, scheduler) => {
          const eventStore = new InMemoryEventStore();
          const documents = new Documents();
          const commits = await record(
            eventStore,
            'order-1',
            [placed(1)],
            [placed(2)],
            [placed(3)],
            [placed(4)],
            [cancelled],
          );
          const index = documents.index.bind(documents);
          documents.index = async (...args) => {
            await scheduler.schedule(Promise.resolve());
            return index(...args);
          };
          const batches = [...waves.map((picks) => picks.map((pick) => commits[pick])), commits.slice(-1)];

          await scheduler.waitFor(
            Promise.all(batches.map((batch) => indexing(eventStore, documents)(delivery(...batch)))),
          );

          const statuses = [...Array.from({ length: 4 }, () => 'OrderPlaced'), 'OrderCancelled'];
          expect(documents.bodies.get('order-1')).toEqual({ version: 5, body: { statuses } });
        },
      ),
    );
  });

  it('never go back', async () => {
    const documents = new Documents();

    expect(await documents.index('a', 2, { n: 2 })).toBe('indexed');
    expect(await documents.index('a', 1, { n: 1 })).toBe('version_conflict');
    expect(await documents.index('a', 2, { n: 3 })).toBe('version_conflict');
  });
});
