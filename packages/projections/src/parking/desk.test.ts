import { endOf } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { pick } from '../apply/projector.test.fixture.js';
import type { Positions } from '../projection.js';
import { placed, record, revenue } from '../shop.test.fixture.js';
import { at, setUpParking } from './parking.test.fixture.js';

const day = '2026-01-01';
const metadata = { correlationId: 'c', causationId: 'c' };

describe.each<Positions>(['in-row', 'beside-rows'])('the parking desk, with positions %s', (positions) => {
  const projection = { ...revenue, positions };
  const { id } = projection.rows;

  /** A stream of five commits that is parked at its second. */
  async function parked() {
    const bench = setUpParking(projection);
    const amounts = [1, 2, 4, 8, 16].map((cents) => [placed(cents)]);
    const commits = await record(bench.eventStore, 'order-1', ...amounts);
    bench.spoil(at(commits, 1));
    const projector = bench.start();
    await projector(commits);
    bench.lot.requests.length = 0;
    bench.notices.length = 0;
    return { ...bench, commits, projector };
  }

  it('shows what is parked, with the commit and the error', async () => {
    const { desk, commits } = await parked();

    const { entries } = await desk.list();

    expect(entries).toMatchObject([{ stream: 'order-1', version: 2, error: { name: 'Error', message: 'poison' } }]);
    expect(await desk.inspect('order-1')).toEqual({ parked: entries[0], commit: commits[1] });
    expect(await desk.inspect('order-2')).toBeUndefined();
  });

  it('drains a stream whose handler was mended, and lets it go on', async () => {
    const { desk, mend, rows, lot, notices, start, eventStore, commits } = await parked();
    mend();

    expect(await desk.retry('order-1')).toEqual({ outcome: 'drained', stream: 'order-1' });

    expect(await rows()).toEqual({ [day]: { orders: 5, cents: 31 } });
    expect(lot.requests.filter((request) => request.startsWith('save'))).toEqual([
      'save order-1 draining',
      'save order-1 released',
    ]);
    expect(notices).toMatchObject([{ kind: 'released', projection: id, parked: { stream: 'order-1', version: 2 } }]);
    expect((await desk.list()).entries).toEqual([]);
    const sixth = await eventStore.append({ after: endOf(at(commits, 4)), events: [placed(32)], metadata });
    expect(await start()([sixth])).toEqual([]);
    expect(await rows()).toEqual({ [day]: { orders: 6, cents: 63 } });
  });

  it('keeps a stream that fails again, with the new error and one attempt more', async () => {
    const { desk, spoil, commits, notices, rows } = await parked();
    spoil(at(commits, 1), new Error('still poison'));

    const outcome = await desk.retry('order-1');

    const [entry] = (await desk.list()).entries;
    expect(outcome).toEqual({ outcome: 'parked', stream: 'order-1', parked: entry });
    expect(entry).toMatchObject({ state: 'parked', version: 2, attempts: 2, error: { message: 'still poison' } });
    expect(notices).toMatchObject([{ kind: 'parked' }]);
    expect(await rows()).toEqual({ [day]: { orders: 1, cents: 1 } });
  });

  it('keeps a stream that fails later, at that commit', async () => {
    const { desk, mend, spoil, commits, rows } = await parked();
    mend();
    spoil(at(commits, 3));

    await desk.retry('order-1');

    expect((await desk.list()).entries).toMatchObject([{ version: 4, attempts: 1, commitId: commits[3]?.id }]);
    expect(await rows()).toEqual({ [day]: { orders: 3, cents: 7 } });
  });

  it('loses nothing that a handler kept out until the very moment the stream was let in', async () => {
    const { desk, mend, lot, projector, eventStore, commits, rows } = await parked();
    mend();
    const save = lot.save.bind(lot);
    lot.save = async (projectionId, write) => {
      if (write.parked?.state === 'draining') {
        // A process that saw it parked keeps out a new commit, and reports it as handled: the stream still waits.
        const sixth = await eventStore.append({ after: endOf(at(commits, 4)), events: [placed(32)], metadata });
        expect(await projector([sixth])).toEqual([]);
        expect(await rows()).toEqual({ [day]: { orders: 5, cents: 31 } });
      }
      return save(projectionId, write);
    };

    await desk.retry('order-1');

    expect(await rows()).toEqual({ [day]: { orders: 6, cents: 63 } });
    expect((await desk.list()).entries).toEqual([]);
  });

  it('lets handlers apply what arrives while it drains the rest', async () => {
    const { desk, mend, lot, start, eventStore, commits, rows } = await parked();
    mend();
    const save = lot.save.bind(lot);
    lot.save = async (projectionId, write) => {
      if (write.parked === undefined) {
        const sixth = await eventStore.append({ after: endOf(at(commits, 4)), events: [placed(32)], metadata });
        await start()([sixth]);
      }
      return save(projectionId, write);
    };

    await desk.retry('order-1');

    expect(await rows()).toEqual({ [day]: { orders: 6, cents: 63 } });
  });

  it('does not release a stream that was parked anew meanwhile', async () => {
    const { desk, mend, spoil, lot, start, eventStore, commits } = await parked();
    mend();
    const standings = lot.standings.bind(lot);
    let isOpen = false;
    lot.standings = async (projectionId, streams) => {
      const found = await standings(projectionId, streams);
      const state = found.get('order-1')?.parked?.state;
      if (state !== 'draining' || isOpen) return found;
      isOpen = true;
      const sixth = await eventStore.append({ after: endOf(at(commits, 4)), events: [placed(32)], metadata });
      spoil(sixth);
      await start()([sixth]);
      return standings(projectionId, streams);
    };

    const outcome = await desk.retry('order-1');

    expect(outcome).toMatchObject({ outcome: 'parked', parked: { state: 'parked', version: 6 } });
  });

  it('goes on with a retry that was broken off, wherever that was', async () => {
    for (const broken of ['draining', undefined]) {
      const { desk, mend, lot, rows } = await parked();
      mend();
      const save = lot.save.bind(lot);
      lot.save = async (projectionId, write) => {
        if (write.parked?.state === broken) throw new Error('crash');
        return save(projectionId, write);
      };
      await expect(desk.retry('order-1')).rejects.toThrow('crash');
      lot.save = save;

      await desk.retryAll();

      expect((await desk.list()).entries).toEqual([]);
      expect(await rows()).toEqual({ [day]: { orders: 5, cents: 31 } });
    }
  });

  it('skips a commit for ever, and keeps who decided so, when and why', async () => {
    const { desk, mend, rows, commits, start } = await parked();

    const outcome = await desk.skip('order-1', { version: 2, by: 'ada', reason: 'a test order' });

    expect(outcome).toEqual({ outcome: 'drained', stream: 'order-1' });
    expect(await rows()).toEqual({ [day]: { orders: 4, cents: 29 } });
    expect((await desk.listSkipped()).entries).toMatchObject([
      {
        stream: 'order-1',
        version: 2,
        last: 2,
        commitId: commits[1]?.id,
        by: 'ada',
        reason: 'a test order',
        at: '1970-01-01T00:00:00.000Z',
        error: { message: 'poison' },
      },
    ]);
    // Met again, failing or not, it changes nothing.
    expect(await start()(commits)).toEqual([]);
    mend();
    expect(await start()(pick(commits, 1, 2))).toEqual([]);
    expect(await rows()).toEqual({ [day]: { orders: 4, cents: 29 } });
  });

  it('does not park a stream at a commit that somebody skipped while a retry was at it', async () => {
    const { desk, lot, rows } = await parked();
    const standings = lot.standings.bind(lot);
    let asked = 0;
    lot.standings = async (projectionId, streams) => {
      const found = await standings(projectionId, streams);
      asked += 1;
      if (asked !== 2) return found;
      lot.standings = standings;
      await lot.save(projectionId, {
        stream: 'order-1',
        revision: found.get('order-1')?.revision ?? 0,
        parked: found.get('order-1')?.parked,
        skipped: [{ version: 2, last: 2 }],
      });
      return found;
    };

    expect(await desk.retry('order-1')).toEqual({ outcome: 'drained', stream: 'order-1' });

    expect(await rows()).toEqual({ [day]: { orders: 4, cents: 29 } });
  });

  it('skips the last commit of a stream, and applies the next', async () => {
    const bench = setUpParking(projection);
    const commits = await record(bench.eventStore, 'order-1', [placed(1)], [placed(2)], [placed(4)]);
    bench.spoil(at(commits, 1));
    await bench.start()(pick(commits, 0, 1));

    await bench.desk.skip('order-1', { version: 2, by: 'ada', reason: 'none' });
    bench.mend();
    await bench.start()(pick(commits, 2));

    expect(await bench.rows()).toEqual({ [day]: { orders: 2, cents: 5 } });
  });

  it('skips nothing but what the stream waits at', async () => {
    const { desk } = await parked();
    const skip = (stream: string, version: number) => desk.skip(stream, { version, by: 'ada', reason: 'none' });

    await expect(skip('order-1', 3)).rejects.toMatchObject({ code: 'NOT_PARKED', parkedAt: 2 });
    await expect(skip('order-2', 2)).rejects.toMatchObject({ code: 'NOT_PARKED', parkedAt: undefined });
    await expect(desk.retry('order-2')).rejects.toMatchObject({ code: 'NOT_PARKED' });
    await expect(desk.skip('order-1', { version: 2, by: ' ', reason: 'none' })).rejects.toThrow('without "by"');
    expect((await desk.listSkipped()).entries).toEqual([]);
  });

  it('goes on with a skip that was broken off, and records it once', async () => {
    const { desk, lot, rows } = await parked();
    const save = lot.save.bind(lot);
    lot.save = async (projectionId, write) => {
      if (write.parked?.state === 'draining') throw new Error('crash');
      return save(projectionId, write);
    };
    const skip = () => desk.skip('order-1', { version: 2, by: 'ada', reason: 'none' });
    await expect(skip()).rejects.toThrow('crash');
    lot.save = save;

    await skip();

    expect((await desk.listSkipped()).entries).toHaveLength(1);
    expect(await rows()).toEqual({ [day]: { orders: 4, cents: 29 } });
  });
});

describe('a skip with positions beside the rows', () => {
  it('holds against a process that knows nothing of it and would apply the commit', async () => {
    const { desk, spoil, mend, rows, start, eventStore } = setUpParking(revenue);
    const commits = await record(eventStore, 'order-1', [placed(1)], [placed(2)]);
    spoil(at(commits, 1));
    await start()(commits);
    await desk.skip('order-1', { version: 2, by: 'ada', reason: 'none' });
    mend();

    await start()(pick(commits, 1));

    expect(await rows()).toEqual({ [day]: { orders: 1, cents: 1 } });
  });
});
