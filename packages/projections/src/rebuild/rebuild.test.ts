import { InMemoryEventStore, InvalidArgumentError, ThrottledError } from '@everfold/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { createProjector } from '../apply/projector.js';
import { put } from '../changes.js';
import { defineProjection } from '../projection.js';
import { rowsOf } from '../projection-rows.js';
import { InMemoryReadModelStore } from '../read-models/in-memory-read-model-store.js';
import { createReader } from '../reader.js';
import { cancelled, captured, noted, orderEvents, orders, placed, record, revenue } from '../shop.test.fixture.js';
import type { RebuildProgress } from './progress.js';
import { type RebuildOptions, rebuild } from './rebuild.js';
import { stillClock, watched } from './rebuild.test.fixture.js';
import { readRebuild } from './rebuild-record.js';

let events: InMemoryEventStore;
let eventStore: ReturnType<typeof watched>;
let readModels: InMemoryReadModelStore;

beforeEach(async () => {
  events = new InMemoryEventStore();
  eventStore = watched(events);
  readModels = new InMemoryReadModelStore();
  // In memory a page has 100 commits.
  for (let order = 0; order < 120; order++)
    await record(events, `order-${order}`, [placed(order), noted], [cancelled], [placed(order + 1)]);
});

function options(more: Partial<RebuildOptions<object>> = {}): RebuildOptions<object> {
  return { projection: orders, eventStore, readModels, segments: 2, unitEvents: 1, ...more };
}

const reader = () => createReader(orders, readModels);

/** A projection that refuses some streams, until they are mended. */
function picky(isBad: (stream: string) => boolean) {
  return defineProjection({
    name: 'picky',
    version: 1,
    events: orderEvents,
    rows: rowsOf<{ readonly cents: number }>(),
    on: {
      OrderPlaced: ({ data, stream }) => {
        if (isBad(stream)) throw new Error(`no ${stream}`);
        return put(stream, { cents: data.cents });
      },
    },
  });
}

describe('a rebuild', () => {
  it('applies everything, and says what it was', async () => {
    const done = await rebuild(options());

    expect(done).toMatchObject({ streams: 120, commits: 360, events: 480 });
    expect(await reader().get('order-7')).toMatchObject({ status: 'placed', cents: 8 });
    expect((await reader().all({ limit: 1000 })).rows).toHaveLength(120);
  });

  it('applies everything to rows that streams share', async () => {
    await rebuild(options({ projection: revenue }));

    expect(await createReader(revenue, readModels).get('2026-01-01')).toEqual({ orders: 240, cents: 14_400 });
  });

  it('changes nothing of what a handler has applied already, and applies what it has not', async () => {
    const live = createProjector({ projection: orders, eventStore, readModels });
    await live(await record(events, 'order-new', [placed(9)], [noted]));
    await live(await record(events, 'payment-new', [captured('order-new', 4)]));
    await record(events, 'payment-3', [captured('order-3', 4)]);

    await rebuild(options());

    expect(await reader().get('order-3')).toMatchObject({ status: 'paid', cents: 4, paidCents: 4 });
    expect(await reader().get('order-new')).toMatchObject({ status: 'paid', cents: 9, paidCents: 4 });
  });

  it('applies in the end what needed a stream that came later', async () => {
    const other = new InMemoryEventStore();
    // Without its order, a payment makes a row that cannot be listed.
    await record(other, 'payment-1', [captured('order-1', 4)]);
    await record(other, 'order-1', [placed(4)]);

    await rebuild(options({ eventStore: watched(other), segments: 2 }));

    expect(await reader().get('order-1')).toMatchObject({ status: 'paid', paidCents: 4 });
  });

  it('writes a row once for all events of a unit, without reading it', async () => {
    const requests: string[] = [];
    const { insert, load } = readModels;
    readModels.insert = (rows, writes) => {
      requests.push(`insert ${writes.length}`);
      return insert.call(readModels, rows, writes);
    };
    readModels.load = (rows, keys) => {
      if (rows === orders.rows) requests.push(`load ${keys.length}`);
      return load.call(readModels, rows, keys);
    };

    await rebuild(options({ segments: 1, unitEvents: 1_000 }));

    expect(requests).toEqual(['insert 25', 'insert 25', 'insert 25', 'insert 25', 'insert 20']);
  });

  it('reads rows where they prove to be there already', async () => {
    await rebuild(options());
    let inserts = 0;
    const { insert } = readModels;
    readModels.insert = (rows, writes) => {
      inserts += writes.length;
      return insert.call(readModels, rows, writes);
    };

    await rebuild(options({ segments: 1 }));

    // The streams of the first page; that they were all there is reason enough to read the rest.
    expect(inserts).toBeLessThan(50);
  });

  it('applies a commit that comes in parts, and a stream that was deleted', async () => {
    const [first] = await record(events, 'order-x', [placed(1)]);
    if (first === undefined) throw new Error('nothing was recorded');
    const parts = [
      { ...first, last: 2, events: [placed(1), noted] },
      { ...first, version: 3, last: 4, offset: 2, events: [placed(2), { type: '$deleted', data: {} }] },
    ];
    const source = {
      read: events.read.bind(events),
      async *scan() {
        for (const [index, part] of parts.entries()) yield { commits: [part], cursor: String(index) };
      },
    };

    const done = await rebuild(options({ eventStore: source }));

    expect(done).toMatchObject({ streams: 1, commits: 2, events: 4 });
    expect(await reader().get('order-x')).toMatchObject({ cents: 2 });
  });

  it('scans as fast and in as many parts as it is told to', async () => {
    await rebuild(options({ unitsPerSecond: 50, segments: 3 }));

    expect(eventStore.scans.map((scan) => scan.options)).toEqual([{ segments: 3, unitsPerSecond: 50 }]);
  });

  it('refuses a unit of no events', async () => {
    await expect(rebuild(options({ unitEvents: 0 }))).rejects.toThrow(InvalidArgumentError);
  });
});

describe('a stream that fails', () => {
  it('is named in the end, with where it stands and why, and the others are applied', async () => {
    const projection = picky((stream) => stream === 'order-5' || stream === 'order-110');

    const error: unknown = await rebuild(options({ projection })).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({
      code: 'REBUILD_INCOMPLETE',
      projection: 'picky@1',
      failures: [
        { stream: 'order-5', after: 0, reason: 'no order-5' },
        { stream: 'order-110', after: 0, reason: 'no order-110' },
      ],
    });
    expect((await createReader(projection, readModels).all({ limit: 1000 })).rows).toHaveLength(118);
    // Once more, in the end.
    expect(eventStore.reads).toEqual(['order-5', 'order-110']);
  });

  it('is all that is read by the next run, which finishes when it is mended', async () => {
    const bad = new Set(['order-5']);
    const projection = picky((stream) => bad.has(stream));
    await expect(rebuild(options({ projection }))).rejects.toThrow('no order-5');
    expect(await readRebuild(projection.rows, readModels)).toMatchObject({ read: true });
    expect((await readRebuild(projection.rows, readModels))?.finished).toBeUndefined();
    bad.clear();

    const done = await rebuild(options({ projection }));

    expect(eventStore.scans).toHaveLength(1);
    expect(eventStore.reads).toEqual(['order-5', 'order-5']);
    expect(done).toMatchObject({ streams: 120, events: 480 });
    expect(await createReader(projection, readModels).get('order-5')).toEqual({ cents: 6 });
    expect(await readRebuild(projection.rows, readModels)).toMatchObject({
      failures: [],
      finished: expect.any(String),
    });
  });

  it('stops the rebuild when there are more than a thousand', async () => {
    for (let order = 0; order < 1_000; order++) await record(events, `order-more-${order}`, [placed(1)]);

    const error: unknown = await rebuild(options({ projection: picky(() => true) })).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'REBUILD_INCOMPLETE', message: expect.stringContaining('has stopped') });
  });
});

describe('what may pass by itself', () => {
  it('is tried again', async () => {
    const clock = stillClock();
    const { insert, save } = readModels;
    let failures = 3;
    readModels.insert = async () => new Set();
    readModels.save = (rows, write) => {
      if (rows === orders.rows && failures-- > 0) throw new ThrottledError('slow down');
      return save.call(readModels, rows, write);
    };

    await rebuild(options({ clock, random: () => 1 }));

    readModels.insert = insert;
    expect(clock.slept).toContain(100);
    expect((await reader().all({ limit: 1000 })).rows).toHaveLength(120);
  });

  it('ends the run when it does not pass, and the next goes on', async () => {
    const clock = stillClock();
    const { transact } = readModels;
    let allowed = 2;
    readModels.transact = (rows, transaction) => {
      if (allowed-- <= 0) throw new ThrottledError('slow down');
      return transact.call(readModels, rows, transaction);
    };

    await expect(rebuild(options({ projection: revenue, clock, random: () => 1 }))).rejects.toThrow(ThrottledError);
    allowed = Number.POSITIVE_INFINITY;
    await rebuild(options({ projection: revenue, clock }));

    expect(await createReader(revenue, readModels).get('2026-01-01')).toEqual({ orders: 240, cents: 14_400 });
  });
});

describe('a run that ends early', () => {
  it('is gone on with from the last page that was applied', async () => {
    const stop = new AbortController();
    const onProgress = ({ commits }: RebuildProgress) => {
      if (commits >= 200) stop.abort();
    };
    await expect(rebuild(options({ onProgress, signal: stop.signal }))).rejects.toThrow('aborted');

    const done = await rebuild(options({ segments: 8 }));

    const [, resumed] = eventStore.scans;
    expect(resumed?.options).toMatchObject({ segments: 2, cursor: expect.any(String) });
    // Of four pages two were applied by then, and a third was finished.
    expect(resumed?.pages).toBe(1);
    expect(done).toMatchObject({ streams: 120, commits: 360, events: 480 });
  });

  it('is begun anew when that is asked for', async () => {
    const stop = new AbortController();
    await expect(rebuild(options({ onProgress: () => stop.abort(), signal: stop.signal }))).rejects.toThrow('aborted');

    await rebuild(options({ restart: true }));

    expect(eventStore.scans.at(-1)?.options.cursor).toBeUndefined();
  });

  it('is begun anew when the last one had finished', async () => {
    await rebuild(options());
    await rebuild(options());

    expect(eventStore.scans.map(({ options: { cursor } }) => cursor)).toEqual([undefined, undefined]);
  });

  it('stops when another run takes over', async () => {
    let taken = false;
    const onProgress = async () => {
      if (taken) return;
      taken = true;
      await rebuild(options());
    };

    const clock = stillClock();
    const first = rebuild(options({ clock, onProgress: () => void onProgress() }));

    await expect(first).rejects.toMatchObject({ code: 'REBUILD_TAKEN_OVER', projection: 'orders@1' });
  });
});

describe('progress', () => {
  it('tells how much is done, how fast, and how long it will take', async () => {
    const clock = stillClock();
    const seen: RebuildProgress[] = [];
    const source = {
      ...eventStore,
      async *scan(its: Parameters<typeof eventStore.scan>[0]) {
        for await (const page of eventStore.scan(its)) {
          clock.time += 1_000;
          yield page;
        }
      },
    };

    await rebuild(
      options({ clock, eventStore: source, segments: 1, expectedCommits: 360, onProgress: (now) => seen.push(now) }),
    );

    expect(seen.at(-1)).toMatchObject({ streams: 120, commits: 360, events: 480, failedStreams: 0, remainingMs: 0 });
    // While a page is applied the next is read: two seconds have passed.
    expect(seen[0]).toMatchObject({ commits: 100, remainingMs: 5_200 });
    expect(seen.at(-1)?.eventsPerSecond).toBe(120);
  });
});
