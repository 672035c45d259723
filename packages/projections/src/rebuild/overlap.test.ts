import { type Commit, InMemoryEventStore } from '@everfold/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { createProjector } from '../apply/projector.js';
import { InMemoryReadModelStore } from '../read-models/in-memory-read-model-store.js';
import type { RowWrite } from '../read-models/read-model-store.js';
import { createReader } from '../reader.js';
import { orders, placed, record, revenue } from '../shop.test.fixture.js';
import { rebuild } from './rebuild.js';
import { stillClock } from './rebuild.test.fixture.js';
import { readRebuild } from './rebuild-record.js';

let events: InMemoryEventStore;
let readModels: InMemoryReadModelStore;
let reads: string[];
let writes: string[];

beforeEach(() => {
  events = new InMemoryEventStore();
  readModels = new InMemoryReadModelStore();
  reads = [];
  writes = [];
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A source that hands out these pages, whatever it is asked for. */
function source(...pages: readonly (readonly Commit[])[]) {
  return {
    read: (...[stream, range]: Parameters<InMemoryEventStore['read']>) => {
      reads.push(stream);
      return events.read(stream, range);
    },
    async *scan({ cursor = '0' }: { readonly cursor?: string } = {}) {
      for (let page = Number(cursor); page < pages.length; page++)
        yield { commits: pages[page] ?? [], cursor: String(page + 1) };
    },
  };
}

/** Has rows wait to be inserted until they are let go. */
function holdInserts(isHeld: (write: RowWrite) => boolean) {
  const { insert } = readModels;
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  readModels.insert = async (rows, its) => {
    writes.push(...its.map(({ key }) => `begin ${key}`));
    if (its.some(isHeld)) await gate;
    const inserted = await insert.call(readModels, rows, its);
    writes.push(...its.map(({ key }) => `end ${key}`));
    return inserted;
  };
  return letGo;
}

const order = async (id: number, ...cents: number[]): Promise<Commit[]> =>
  record(events, `order-${id}`, ...cents.map((each) => [placed(each)]));

const build = (eventStore: ReturnType<typeof source>, clock = stillClock()) =>
  rebuild({ projection: orders, eventStore, readModels, unitEvents: 1, clock });

describe('units of a rebuild', () => {
  it('are applied while the one before is being written, once the first has told what rows are like', async () => {
    const letGo = holdInserts(({ key }) => key === 'order-2');

    const building = build(source(await order(1, 5), await order(2, 5), await order(3, 5), await order(4, 5)));
    await settled();

    expect(writes).toEqual(['begin order-1', 'end order-1', 'begin order-2', 'begin order-3', 'end order-3']);
    letGo();
    await building;
    expect(writes.slice(5)).toEqual(['end order-2', 'begin order-4', 'end order-4']);
  });

  it('wait with a stream that an earlier one has not written to its end, and with nothing else', async () => {
    const [begun, ended] = await order(2, 5, 6);
    if (begun === undefined || ended === undefined) throw new Error('nothing was recorded');
    const letGo = holdInserts(({ key }) => key === 'order-2');

    const building = build(source(await order(1, 5), [begun], [ended, ...(await order(3, 5))]));
    await settled();
    expect(writes.slice(2)).toEqual(['begin order-2', 'begin order-3', 'end order-3']);
    letGo();
    await building;

    expect(await createReader(orders, readModels).get('order-2')).toMatchObject({ cents: 6 });
    // Nothing had to be read to close a gap.
    expect(reads).toEqual([]);
  });

  it('leave a stream alone that failed in an earlier one', async () => {
    const [begun, ended] = await order(2, 5, 6);
    if (begun === undefined || ended === undefined) throw new Error('nothing was recorded');
    const { insert, save } = readModels;
    readModels.insert = async (rows, its) =>
      insert.call(
        readModels,
        rows,
        its.filter(({ key }) => key !== 'order-2'),
      );
    const saved: string[] = [];
    readModels.save = (rows, write) => {
      if (rows === orders.rows) saved.push(JSON.stringify(write.row));
      if (write.key === 'order-2') throw new Error('no');
      return save.call(readModels, rows, write);
    };

    const failing = build(source(await order(1, 5), [begun], [ended]));

    await expect(failing).rejects.toMatchObject({ failures: [{ stream: 'order-2', after: 0, reason: 'no' }] });
    // Once in its unit and once in the end; what comes after it, never.
    expect(saved.map((row) => JSON.parse(row).cents)).toEqual([5, 5]);
  });

  it('are noted in the order in which they were read, and read again when one before them ended the run', async () => {
    const pages = [await order(1, 5), await order(2, 5), await order(3, 5)];
    const clock = stillClock();
    const { insert } = readModels;
    readModels.insert = async (rows, its) => {
      clock.time += 5_000;
      return insert.call(
        readModels,
        rows,
        its.filter(({ key }) => key !== 'order-2'),
      );
    };
    const { load } = readModels;
    readModels.load = async (rows, keys) => {
      if (keys.includes('order-2')) {
        await settled();
        throw new Error('cut off');
      }
      return load.call(readModels, rows, keys);
    };

    await expect(build(source(...pages), clock)).rejects.toThrow('cut off');
    readModels.load = load;

    expect(await createReader(orders, readModels).get('order-3')).toMatchObject({ cents: 5 });
    expect(await readRebuild(orders.rows, readModels)).toMatchObject({ cursor: '1', commits: 1 });
    expect(await build(source(...pages), clock)).toMatchObject({ streams: 3, commits: 3 });
    expect(await createReader(orders, readModels).get('order-2')).toMatchObject({ cents: 5 });
  });

  it('write nothing more when the run has ended', async () => {
    const letGo = holdInserts(({ key }) => key === 'order-3');
    const { load } = readModels;
    const { insert } = readModels;
    readModels.insert = async (rows, its) =>
      its.some(({ key }) => key === 'order-2') ? new Set() : insert.call(readModels, rows, its);
    readModels.load = (rows, keys) => {
      if (keys.includes('order-2')) throw new Error('cut off');
      return load.call(readModels, rows, keys);
    };
    let hasEnded = false;

    const failing = build(source(await order(1, 5), await order(2, 5), await order(3, 5))).finally(() => {
      hasEnded = true;
    });
    failing.catch(() => undefined);
    await settled();
    await settled();

    expect(hasEnded).toBe(false);
    letGo();
    await expect(failing).rejects.toThrow('cut off');
    expect(writes).toContain('end order-3');
  });

  it('go one after the other to rows that they share, so that no write is paid for in vain', async () => {
    const apply = createProjector({ projection: revenue, eventStore: source(), readModels, rowsLikely: 'new' });
    const { transact } = readModels;
    let underWay = 0;
    let most = 0;
    readModels.transact = async (rows, transaction) => {
      most = Math.max(most, ++underWay);
      await settled();
      return transact.call(readModels, rows, transaction).finally(() => underWay--);
    };

    await Promise.all([apply(await order(1, 5)), apply(await order(2, 5)), apply(await order(3, 5))]);

    expect(most).toBe(1);
    expect(await createReader(revenue, readModels).all()).toMatchObject({ rows: [{ row: { orders: 3, cents: 15 } }] });
  });
});
