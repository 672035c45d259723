import { defineEvents, evolving } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AppliedBatch } from '../lag.js';
import { CountingEventStore, cancelled, delivery, noted, placed, record } from '../shop.test.fixture.js';
import type { Sink, SinkEntry } from './sink.js';
import { sinkHandler } from './sink-handler.js';

const events = defineEvents({
  OrderPlaced: evolving(z.object({ euros: z.number() }), {
    revision: 2,
    upcast: { 1: ({ cents }: { cents: number }) => ({ euros: cents / 100 }) },
  }),
  OrderCancelled: z.object({ why: z.string() }),
});

/** A sink in memory that notes what it is asked. */
function noting() {
  const requests: string[] = [];
  const positions = new Map<string, number>();
  const written: SinkEntry<typeof events>[] = [];
  const sink: Sink<typeof events> = {
    positions: async (streams) => {
      requests.push(`positions ${streams.join(' ')}`);
      return new Map([...positions].filter(([stream]) => streams.includes(stream)));
    },
    write: async (entries) => {
      requests.push(`write ${entries.map(({ stream, after, upTo }) => `${stream} (${after}, ${upTo}]`).join(' ')}`);
      const beyond = entries.filter(({ stream, after }) => (positions.get(stream) ?? 0) > after);
      if (beyond.length > 0)
        return { written: false, positions: new Map(beyond.map(({ stream }) => [stream, positions.get(stream) ?? 0])) };
      for (const { stream, upTo } of entries) positions.set(stream, upTo);
      written.push(...entries);
      return { written: true };
    },
  };
  return { sink, requests, written };
}

const quiet = { onFailure: () => {}, clock: { now: () => 0, sleep: async () => {} } };

describe('the handler of a sink', () => {
  it('gives a batch to the sink at once, upcast, without what is not defined, streams in the order of their names', async () => {
    const eventStore = new CountingEventStore();
    const { sink, requests, written } = noting();
    const two = await record(eventStore, 'order-2', [noted, placed(250)], [noted]);
    const one = await record(eventStore, 'order-1', [placed(100)], [cancelled]);
    const batches: AppliedBatch[] = [];
    const onApplied = (batch: AppliedBatch) => batches.push(batch);
    const handler = sinkHandler({ name: 'warehouse', sink, events, eventStore, onApplied, ...quiet });

    expect(await handler(delivery(...two, ...one))).toEqual({ batchItemFailures: [] });

    expect(requests).toEqual(['write order-1 (0, 2] order-2 (0, 2]']);
    expect(written.map((entry) => entry.events.map(({ type, version, data }) => [type, version, data]))).toEqual([
      [
        ['OrderPlaced', 1, { euros: 1 }],
        ['OrderCancelled', 2, { why: 'late' }],
      ],
      [['OrderPlaced', 2, { euros: 2.5 }]],
    ]);
    expect(batches).toMatchObject([{ projection: 'warehouse', streams: 2, commits: 4, held: 0 }]);
  });

  it('asks where a stream stands when it meets it in the middle, and fills its gap', async () => {
    const eventStore = new CountingEventStore();
    const { sink, requests } = noting();
    const commits = await record(eventStore, 'order-1', [placed(1)], [noted], [placed(2)], [placed(3)]);
    const start = () => sinkHandler({ name: 'warehouse', sink, events, eventStore, ...quiet });
    await start()(delivery(commits[0]));
    const warm = start();

    await warm(delivery(commits[2]));
    await warm(delivery(commits[2], commits[3]));

    expect(requests.slice(1)).toEqual(['positions order-1', 'write order-1 (1, 3]', 'write order-1 (3, 4]']);
    expect(eventStore.reads).toEqual(['order-1 (1, 2]']);
  });

  it('writes what is left when some of it is in already', async () => {
    const eventStore = new CountingEventStore();
    const { sink, requests, written } = noting();
    const commits = await record(eventStore, 'order-1', [placed(1)], [placed(2)]);
    await sinkHandler({ name: 'warehouse', sink, events, eventStore, ...quiet })(delivery(commits[0]));

    await sinkHandler({ name: 'warehouse', sink, events, eventStore, ...quiet })(delivery(...commits));

    expect(requests.slice(1)).toEqual(['write order-1 (0, 2]', 'write order-1 (1, 2]']);
    expect(written.flatMap((entry) => entry.events.map(({ version }) => version))).toEqual([1, 2]);
  });

  it('holds back everything, and tries nothing one by one, at a fault that may pass', async () => {
    const eventStore = new CountingEventStore();
    const commits = [
      ...(await record(eventStore, 'order-1', [placed(1)])),
      ...(await record(eventStore, 'order-2', [placed(2)])),
    ];
    let tried = 0;
    const down = new Error('no connection');
    const sinkOf = (isPassing?: (error: unknown) => boolean): Sink<typeof events> => ({
      positions: async () => new Map(),
      write: async () => {
        tried++;
        throw down;
      },
      ...(isPassing === undefined ? {} : { isPassing }),
    });
    const failures: unknown[] = [];
    const onFailure = ({ error }: { error: unknown }) => failures.push(error);
    const run = (sink: Sink<typeof events>) =>
      sinkHandler({ ...quiet, name: 'warehouse', sink, events, eventStore, onFailure })(delivery(...commits));

    expect((await run(sinkOf((error) => error === down))).batchItemFailures).toHaveLength(2);
    expect([tried, failures]).toEqual([1, [down, down]]);

    tried = 0;
    failures.length = 0;
    expect((await run(sinkOf())).batchItemFailures).toHaveLength(2);
    expect(tried).toBe(3);
    expect(failures).toMatchObject([
      { code: 'SINK_REFUSED', streams: ['order-1'], cause: down },
      { code: 'SINK_REFUSED', streams: ['order-2'], cause: down },
    ]);
  });

  it('stops a stream at an event that cannot be read, before anything is asked', async () => {
    const eventStore = new CountingEventStore();
    const { sink, requests } = noting();
    const commits = await record(eventStore, 'order-1', [{ ...placed(1), revision: 9 }], [cancelled]);
    const handler = sinkHandler({ name: 'warehouse', sink, events, eventStore, ...quiet });

    expect((await handler(delivery(...commits))).batchItemFailures).toHaveLength(2);
    expect(requests).toEqual([]);
  });

  it('needs a name', () => {
    const { sink } = noting();

    expect(() => sinkHandler({ name: '', sink, events, eventStore: new CountingEventStore() })).toThrow('needs a name');
  });
});
