import { type Commit, endOf, InMemoryEventStore, startOf } from '@everfold/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type History, histories, runs } from '../apply/delivery.test.fixture.js';
import { foldLedger, ledgerProjection } from '../apply/ledger.test.fixture.js';
import { createProjector } from '../apply/projector.js';
import { InMemoryReadModelStore } from '../read-models/in-memory-read-model-store.js';
import type { ReadModelStore } from '../read-models/read-model-store.js';
import { createReader } from '../reader.js';
import { rebuild } from './rebuild.js';
import { cutOff } from './rebuild.test.fixture.js';

const metadata = { correlationId: 'c', causationId: 'c' };

async function record(store: InMemoryEventStore, stream: string, commits: History['streams'][number]) {
  let after = startOf(stream);
  for (const events of commits) after = endOf(await store.append({ after, events, metadata }));
}

describe.each(['in-row', 'beside-rows'] as const)('a rebuild with positions %s', (positions) => {
  it('comes to the fold of all events, whatever a live handler applies meanwhile, and wherever it is cut off', async () => {
    await fc.assert(
      fc.asyncProperty(
        histories,
        fc.scheduler(),
        fc.record({
          segments: fc.integer({ min: 1, max: 3 }),
          unitEvents: fc.integer({ min: 1, max: 6 }),
          /** Which commits were recorded before the rebuild, of each stream. */
          before: fc.nat({ max: 6 }),
          /** After how many requests each run is cut off. The one after the last goes to its end. */
          cuts: fc.array(fc.record({ request: fc.nat({ max: 25 }), after: fc.boolean() }), { maxLength: 4 }),
        }),
        async (history, scheduler, { segments, unitEvents, before, cuts }) => {
          const projection = ledgerProjection(positions);
          const events = new InMemoryEventStore();
          const store = new InMemoryReadModelStore();
          const pause = () => scheduler.schedule(Promise.resolve());
          // Time flies, so that every unit is noted.
          let time = 0;
          const clock = {
            now: () => {
              time += 1_000;
              return time;
            },
            sleep: async () => void (await pause()),
          };
          const slow = paused(store, pause);
          const live = createProjector({ projection, eventStore: events, readModels: slow, clock, random: () => 0 });
          for (const [index, commits] of history.streams.entries())
            await record(events, `stream-${index}`, commits.slice(0, before));

          const building = (async () => {
            const options = { projection, eventStore: events, segments, unitEvents, clock, random: () => 0 };
            for (const cut of cuts) await rebuild({ ...options, readModels: cutOff(slow, cut) }).catch(() => undefined);
            await rebuild({ ...options, readModels: slow });
          })();
          const appending = (async () => {
            for (const [index, commits] of history.streams.entries()) {
              const stream = `stream-${index}`;
              let after = startOf(stream);
              for await (const commit of events.read(stream)) after = endOf(commit);
              for (const its of commits.slice(before)) {
                await pause();
                const commit = await events.append({ after, events: its, metadata });
                after = endOf(commit);
                expect(await live([commit])).toEqual([]);
              }
            }
          })();
          await scheduler.waitFor(Promise.all([building, appending]));

          const all: Commit[] = [];
          for await (const { commits } of events.scan()) all.push(...commits);
          const { rows } = await createReader(projection, store).all({ limit: 1000 });
          expect(Object.fromEntries(rows.map(({ key, row }) => [key, row]))).toEqual(foldLedger(all));
        },
      ),
      { numRuns: runs(400) },
    );
  }, 600_000);
});

/** A store whose answers come when it is their turn. */
function paused(store: InMemoryReadModelStore, pause: () => Promise<unknown>): ReadModelStore {
  const around = async <TResult>(request: () => Promise<TResult>): Promise<TResult> => {
    await pause();
    const result = await request();
    await pause();
    return result;
  };
  return {
    load: (rows, keys) => around(() => store.load(rows, keys)),
    save: (rows, write) => around(() => store.save(rows, write)),
    insert: (rows, writes) => around(() => store.insert(rows, writes)),
    positions: (rows, streams) => around(() => store.positions(rows, streams)),
    transact: (rows, transaction) => around(() => store.transact(rows, transaction)),
    get: (rows, key) => store.get(rows, key),
    list: (rows, request) => store.list(rows, request),
    all: (rows, request) => store.all(rows, request),
  };
}
