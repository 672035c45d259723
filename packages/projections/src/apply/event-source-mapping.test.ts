import { InMemoryEventStore } from '@everfold/core';
import { encodeStreamRecord } from '@everfold/dynamodb-store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectionHandler } from '../handler.js';
import { InMemoryReadModelStore } from '../read-models/in-memory-read-model-store.js';
import { cancelled, orders, placed, revenue, record as shopRecord } from '../shop.test.fixture.js';
import {
  expectOrdered,
  faultySource,
  faultyStore,
  type Interleaving,
  itemsOf,
  mappedHistories,
  readRows,
  record,
  runs,
} from './delivery.test.fixture.js';
import { type Mapping, readShard } from './event-source-mapping.test.fixture.js';
import { foldLedger, type LedgerProjection, ledgerProjection } from './ledger.test.fixture.js';

type MappedHistory = typeof mappedHistories extends fc.Arbitrary<infer THistory> ? THistory : never;

const mapping: Mapping = {
  batchSize: 10,
  parallelizationFactor: 1,
  bisectBatchOnFunctionError: false,
  maximumRetryAttempts: -1,
};

/** Has Lambda read a shard, and then one more commit of each stream. */
async function live(history: MappedHistory, projection: LedgerProjection, { pause, all }: Interleaving) {
  const events = new InMemoryEventStore();
  const readModels = new InMemoryReadModelStore();
  const streams = await Promise.all(
    history.streams.map((commits, index) => record(events, `stream-${index}`, [...commits, [history.closing]])),
  );
  const commits = streams.flatMap((ofStream) => ofStream.slice(0, -1));
  const items = (history.inItems ? commits.flatMap(itemsOf) : commits)
    .map((commit, index) => ({ commit, place: history.places[index] ?? 0 }))
    .sort((one, other) => one.place - other.place)
    .map(({ commit }) => commit);
  const shard = [...items, ...history.doubles.flatMap((index) => items[index % items.length] ?? [])];

  const faults = [...history.faults];
  const crashes = [...history.crashes];
  const handler = projectionHandler({
    projection,
    eventStore: faultySource(events, faults, pause),
    readModels: faultyStore(readModels, faults, pause),
    clock: { now: () => 0, sleep: async () => void (await pause()) },
    random: () => 0,
    onFailure: () => {},
  });
  let discarded = 0;
  const read = async (records: typeof shard) => {
    const numbered = records.map((commit, index) => encodeStreamRecord(commit, index + 1));
    const given = await readShard(
      numbered,
      async (event) => {
        const crash = crashes.shift();
        if (crash === 'before') throw new Error('killed before');
        const response = await handler(event);
        if (crash === 'after') throw new Error('killed after');
        return response;
      },
      history.mapping,
    );
    discarded += given.length;
  };

  await all([read(shard)]);
  const before = { discarded, rows: await readRows(projection, readModels), expected: foldLedger(commits) };
  faults.length = 0;
  crashes.length = 0;
  await all([read(streams.flatMap((ofStream) => ofStream.slice(-1)))]);
  return { before, rows: await readRows(projection, readModels), expected: foldLedger(streams.flat()) };
}

describe.each(['in-row', 'beside-rows'] as const)('behind an event source mapping, with positions %s', (positions) => {
  it('every event takes effect once and in order, however Lambda batches, bisects, repeats and parallelises', async () => {
    await fc.assert(
      fc.asyncProperty(mappedHistories, fc.scheduler(), async (history, scheduler) => {
        const { before, rows, expected } = await live(history, ledgerProjection(positions), {
          pause: () => scheduler.schedule(Promise.resolve()),
          all: (promises) => scheduler.waitFor(Promise.all(promises)),
        });

        expectOrdered(before.rows);
        if (before.discarded === 0) expect(before.rows).toEqual(before.expected);
        // What was discarded is found out, and read, when the stream goes on.
        expect(rows).toEqual(expected);
      }),
      { numRuns: runs(200) },
    );
  }, 600_000);
});

describe('what Lambda discards because of one stream', () => {
  it('is nothing that other streams have lost', async () => {
    const eventStore = new InMemoryEventStore();
    const readModels = new InMemoryReadModelStore();
    const [bad, worse] = await shopRecord(eventStore, 'order-1', [placed(1, '')], [cancelled]);
    const [good, better] = await shopRecord(eventStore, 'order-2', [placed(2)], [cancelled]);
    const handler = projectionHandler({ projection: orders, eventStore, readModels, onFailure: () => {} });
    const shard = [bad, good, worse, better].flatMap((commit, index) =>
      commit === undefined ? [] : [encodeStreamRecord(commit, index + 1)],
    );
    let invocations = 0;
    const invoke: typeof handler = (event) => {
      invocations += 1;
      return handler(event);
    };

    const discarded = await readShard(shard, invoke, { ...mapping, maximumRetryAttempts: 2 });

    expect(discarded).toHaveLength(4);
    expect(invocations).toBe(3);
    expect(await readRows(orders, readModels)).toEqual({
      'order-2': { status: 'cancelled', cents: 2, day: '2026-01-01' },
    });
  });
});

describe('a failure within a batch', () => {
  it('repeats what comes after it, and the records of other streams to no effect', async () => {
    const eventStore = new InMemoryEventStore();
    const readModels = new InMemoryReadModelStore();
    const one = await shopRecord(eventStore, 'order-1', [placed(1)], [placed(2)]);
    const other = await shopRecord(eventStore, 'order-2', [placed(4)]);
    const shard = [...one, ...other].map((commit, index) => encodeStreamRecord(commit, index + 1));
    const transact = readModels.transact.bind(readModels);
    let tries = 0;
    readModels.transact = (set, transaction) => {
      const failing = transaction.advances.some(({ to, stream }) => stream === 'order-1' && to === 2);
      if (failing && ++tries <= 2)
        throw Object.assign(new Error('refused'), { code: 'READ_MODEL_REFUSED', retryable: false });
      return transact(set, transaction);
    };
    const batches: number[] = [];
    const handler = projectionHandler({ projection: revenue, eventStore, readModels, onFailure: () => {} });

    await readShard(
      shard,
      (event) => {
        batches.push(event.Records.length);
        return handler(event);
      },
      mapping,
    );

    expect(batches).toEqual([3, 2]);
    expect(await readRows(revenue, readModels)).toEqual({ '2026-01-01': { orders: 3, cents: 7 } });
  });
});
