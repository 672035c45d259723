import { PGlite } from '@electric-sql/pglite';
import { type Commit, InMemoryEventStore, recordedEvents } from '@everfold/core';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { runs } from '../apply/delivery.test.fixture.js';
import { cancelled, delivery, noted, orderEvents, placed, record } from '../shop.test.fixture.js';
import { describeSink } from '../testing/index.js';
import { postgresSink, TABLES } from './postgres-sink.test.fixture.js';
import type { Sink } from './sink.js';
import { sinkHandler } from './sink-handler.js';

const db = await PGlite.create();
await db.exec(TABLES);
afterAll(() => db.close());

async function seen(stream: string): Promise<number[]> {
  const { rows } = await db.query<{ version: string | number }>(
    'SELECT version FROM journal WHERE stream = $1 ORDER BY version',
    [stream],
  );
  return rows.map(({ version }) => Number(version));
}

describeSink<typeof orderEvents>(
  { describe, it },
  {
    name: 'a sink in Postgres',
    create: async () => ({
      sink: postgresSink(db),
      seen,
      eventOf: (stream, version) => ({
        id: `${stream}.${version}`,
        type: 'OrderPlaced',
        data: { cents: version, day: '2026-01-01' },
        stream,
        version,
        at: '2026-01-01T00:00:00.000Z',
        metadata: { correlationId: 'c', causationId: 'c' },
      }),
    }),
  },
);

type Fault = 'none' | 'before' | 'after';

/** A sink that dies before or after its work. */
function faulty(sink: Sink<typeof orderEvents>, faults: Fault[]): Sink<typeof orderEvents> {
  const around = async <TResult>(work: () => Promise<TResult>): Promise<TResult> => {
    const fault = faults.shift() ?? 'none';
    if (fault === 'before') throw new Error('killed before');
    const result = await work();
    if (fault === 'after') throw new Error('killed after');
    return result;
  };
  return {
    positions: (streams) => around(() => sink.positions(streams)),
    write: (entries) => around(() => sink.write(entries)),
    isPassing: () => true,
  };
}

async function revenueRows() {
  const { rows } = await db.query<{ day: string; orders: string | number; cents: string | number }>(
    'SELECT * FROM revenue ORDER BY day',
  );
  return rows.map(({ day, orders, cents }) => [day, Number(orders), Number(cents)]);
}

function foldRevenue(commits: readonly Commit[]) {
  const days = new Map<string, [number, number]>();
  for (const { type, data } of commits.flatMap(recordedEvents)) {
    if (type !== 'OrderPlaced') continue;
    const { day, cents } = orderEvents.OrderPlaced.parse(data);
    const [orders, sum] = days.get(day) ?? [0, 0];
    days.set(day, [orders + 1, sum + cents]);
  }
  return [...days].map(([day, [orders, cents]]) => [day, orders, cents]).sort();
}

const event = fc.oneof(
  fc.tuple(fc.nat({ max: 99 }), fc.constantFrom('mon', 'tue')).map(([cents, day]) => placed(cents, day)),
  fc.constantFrom(noted, cancelled),
);
const histories = fc.record({
  streams: fc.array(fc.array(fc.array(event, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  }),
  /** Waves of batches that are handled at the same time, each by one of two processes. */
  waves: fc.array(fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }), {
    maxLength: 4,
  }),
  faults: fc.array(fc.constantFrom<Fault>('none', 'none', 'before', 'after'), { maxLength: 12 }),
});

describe('a table in Postgres that a sink feeds', () => {
  it('comes to the fold of all events, whatever is delivered twice, late, at once or never, and whoever dies when', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ streams, waves, faults }) => {
        await db.exec('TRUNCATE positions, revenue, journal');
        const eventStore = new InMemoryEventStore();
        const recorded = await Promise.all(
          streams.map((commits, index) => record(eventStore, `order-${index}`, ...commits, [placed(1, 'last')])),
        );
        const all = recorded.flat();
        const left = [...faults];
        const start = () =>
          sinkHandler({
            name: 'revenue',
            sink: faulty(postgresSink(db), left),
            events: orderEvents,
            eventStore,
            clock: { now: () => 0, sleep: async () => {} },
            onFailure: () => {},
          });
        const handlers = [start(), start()] as const;

        for (const wave of waves) {
          const batches = wave.map((picks) => picks.map((pick) => all[pick % all.length]));
          await Promise.all(batches.map((commits, index) => handlers[index % 2 === 0 ? 0 : 1](delivery(...commits))));
        }
        left.length = 0;
        const closing = delivery(...recorded.map((commits) => commits.at(-1)));
        expect(await handlers[0](closing)).toEqual({ batchItemFailures: [] });

        expect(await revenueRows()).toEqual(foldRevenue(all));
        for (const commits of recorded) {
          const stream = commits[0]?.stream ?? '';
          expect(await seen(stream)).toEqual(commits.flatMap(recordedEvents).map(({ version }) => version));
        }
      }),
      { numRuns: runs(40) },
    );
  }, 600_000);

  it('holds back the stream of an event that it refuses, and no other', async () => {
    await db.exec('TRUNCATE positions, revenue, journal');
    const eventStore = new InMemoryEventStore();
    const bad = await record(eventStore, 'order-bad', [placed(1)], [placed(2 ** 53)], [placed(3)]);
    const good = await record(eventStore, 'order-good', [placed(4)]);
    await db.exec('ALTER TABLE revenue ADD CONSTRAINT small CHECK (cents < 1000000)');
    const heard: unknown[] = [];
    const onFailure = (failure: unknown) => heard.push(failure);
    const handler = sinkHandler({
      name: 'revenue',
      sink: postgresSink(db),
      events: orderEvents,
      eventStore,
      onFailure,
    });

    const { batchItemFailures } = await handler(delivery(...bad, ...good));

    expect(batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier))).toEqual([2, 3]);
    expect(heard).toMatchObject([
      { stream: 'order-bad', after: 1, error: { code: 'SINK_REFUSED', streams: ['order-bad'] } },
    ]);
    expect(await revenueRows()).toEqual([['2026-01-01', 2, 5]]);
  });
});
