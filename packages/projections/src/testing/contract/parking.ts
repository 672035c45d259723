import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import type { ParkedStream, ParkingLot, SkippedCommit, StandingWrite } from '../../parking/parking-lot.js';
import { everfoldError } from './bench.js';

/** What a check of a parking lot works on. */
export interface ParkingBench {
  readonly lot: ParkingLot;
  /** A projection of which nothing is noted. */
  readonly projection: string;
}

/** Promises of the contract, each a sentence, with the check that holds a parking lot to it. */
export type ParkingChapter = Readonly<Record<string, (bench: ParkingBench) => Promise<void>>>;

const at = (second: number) => new Date(second * 1000).toISOString();

function parkedAt(stream: string, version: number, second: number): ParkedStream {
  return {
    stream,
    version,
    last: version,
    commitId: 'c1',
    ticket: `${stream} ${second}`,
    state: 'parked',
    attempts: 3,
    firstFailedAt: at(1),
    lastFailedAt: at(2),
    parkedAt: at(second),
    error: { name: 'Error', code: 'BAD', message: 'poison', stack: 'at here' },
  };
}

function skippedAt(stream: string, version: number, second: number): SkippedCommit {
  const error = { name: 'Error', message: 'poison' };
  return { stream, version, last: version, commitId: 'c1', by: 'ada', reason: 'none', at: at(second), error };
}

async function standingOf({ lot, projection }: ParkingBench, stream: string) {
  return (await lot.standings(projection, [stream])).get(stream);
}

/** Changes a standing from where it is. */
async function changeTo(bench: ParkingBench, write: Omit<StandingWrite, 'revision'>): Promise<boolean> {
  const { revision = 0 } = (await standingOf(bench, write.stream)) ?? {};
  return bench.lot.save(bench.projection, { ...write, revision });
}

export const counting: ParkingChapter = {
  'counts the failures at each commit on their own, from the time of the first': async ({ lot, projection }) => {
    const count = async (version: number, second: number) =>
      (await lot.count(projection, { stream: 'order-1', version }, at(second))).attempts;

    deepStrictEqual(await count(5, 1), { count: 1, since: at(1) });
    deepStrictEqual(await count(5, 2), { count: 2, since: at(1) });
    deepStrictEqual(await count(6, 3), { count: 1, since: at(3) });
    deepStrictEqual(await count(5, 4), { count: 3, since: at(1) });
  },

  'counts what fails at the same time': async ({ lot, projection }) => {
    await Promise.all(
      Array.from({ length: 10 }, () => lot.count(projection, { stream: 'order-1', version: 1 }, at(1))),
    );

    const { attempts } = await lot.count(projection, { stream: 'order-1', version: 1 }, at(1));
    strictEqual(attempts?.count, 11);
  },

  'does not count what is parked, and tells so': async (bench) => {
    const parked = parkedAt('order-1', 5, 10);
    await changeTo(bench, { stream: 'order-1', parked, skipped: [] });

    const counted = await bench.lot.count(bench.projection, { stream: 'order-1', version: 5 }, at(11));

    deepStrictEqual(counted, { standing: { revision: 1, parked, skipped: [] }, attempts: undefined });
  },

  'does not count what was skipped, and counts the other commits of its stream': async (bench) => {
    const skipped = [{ version: 5, last: 6 }];
    await changeTo(bench, { stream: 'order-1', parked: undefined, skipped });

    const within = await bench.lot.count(bench.projection, { stream: 'order-1', version: 6 }, at(1));
    const beyond = await bench.lot.count(bench.projection, { stream: 'order-1', version: 7 }, at(1));

    deepStrictEqual(within, { standing: { revision: 1, parked: undefined, skipped }, attempts: undefined });
    deepStrictEqual(beyond.attempts, { count: 1, since: at(1) });
    deepStrictEqual(beyond.standing.skipped, skipped);
  },

  'counts for a stream that is being drained': async (bench) => {
    const parked = { ...parkedAt('order-1', 5, 10), state: 'draining' as const };
    await changeTo(bench, { stream: 'order-1', parked, skipped: [] });

    const counted = await bench.lot.count(bench.projection, { stream: 'order-1', version: 9 }, at(1));

    deepStrictEqual(counted.attempts, { count: 1, since: at(1) });
    deepStrictEqual(counted.standing.parked, parked);
  },

  'forgets counts when the standing changes': async (bench) => {
    await bench.lot.count(bench.projection, { stream: 'order-1', version: 5 }, at(1));
    await changeTo(bench, { stream: 'order-1', parked: parkedAt('order-1', 5, 10), skipped: [] });
    await changeTo(bench, { stream: 'order-1', parked: undefined, skipped: [] });

    const { attempts } = await bench.lot.count(bench.projection, { stream: 'order-1', version: 5 }, at(20));

    deepStrictEqual(attempts, { count: 1, since: at(20) });
  },
};

export const standings: ParkingChapter = {
  'has a standing for every stream, noted or not': async (bench) => {
    const parked = parkedAt('order-7', 5, 10);
    await changeTo(bench, { stream: 'order-7', parked, skipped: [{ version: 2, last: 3 }] });
    const streams = Array.from({ length: 120 }, (_, index) => `order-${index}`);

    const found = await bench.lot.standings(bench.projection, streams);

    deepStrictEqual([...found.keys()], streams);
    deepStrictEqual(found.get('order-7'), { revision: 1, parked, skipped: [{ version: 2, last: 3 }] });
    deepStrictEqual(found.get('order-8'), { revision: 0, parked: undefined, skipped: [] });
  },

  'changes a standing that nobody has changed since it was read': async (bench) => {
    const { lot, projection } = bench;
    const write = { stream: 'order-1', parked: parkedAt('order-1', 5, 10), skipped: [] };

    strictEqual(await lot.save(projection, { ...write, revision: 0 }), true);
    strictEqual(await lot.save(projection, { ...write, revision: 0 }), false);
    await lot.count(projection, { stream: 'order-2', version: 1 }, at(1));
    strictEqual(await lot.save(projection, { ...write, stream: 'order-2', revision: 0 }), false);
    strictEqual(await lot.save(projection, { ...write, stream: 'order-2', revision: 1 }), true);
  },

  'never begins its revisions anew': async (bench) => {
    await changeTo(bench, { stream: 'order-1', parked: parkedAt('order-1', 5, 10), skipped: [] });
    await changeTo(bench, { stream: 'order-1', parked: undefined, skipped: [] });

    deepStrictEqual(await standingOf(bench, 'order-1'), { revision: 2, parked: undefined, skipped: [] });
  },

  'records a skipped commit with the change, or neither': async (bench) => {
    const { lot, projection } = bench;
    const write = { stream: 'order-1', parked: undefined, skipped: [{ version: 5, last: 5 }] };

    strictEqual(await lot.save(projection, { ...write, revision: 3, audit: skippedAt('order-1', 5, 10) }), false);
    deepStrictEqual((await lot.listSkipped(projection, {})).entries, []);
    strictEqual(await lot.save(projection, { ...write, revision: 0, audit: skippedAt('order-1', 5, 10) }), true);
    deepStrictEqual((await lot.listSkipped(projection, {})).entries, [skippedAt('order-1', 5, 10)]);
  },

  'keeps projections apart': async (bench) => {
    await changeTo(bench, { stream: 'order-1', parked: parkedAt('order-1', 5, 10), skipped: [] });
    const other = { ...bench, projection: `${bench.projection}0` };

    strictEqual((await standingOf(other, 'order-1'))?.parked, undefined);
    deepStrictEqual((await other.lot.listParked(other.projection, {})).entries, []);
  },
};

export const listingParked: ParkingChapter = {
  'lists what is parked, page by page, by the time of parking, and not what is released': async (bench) => {
    const { lot, projection } = bench;
    // Two of them at the same moment.
    const seconds = [5, 3, 3, 9, 7];
    for (const [index, second] of seconds.entries()) {
      const stream = `order-${index}`;
      await changeTo(bench, { stream, parked: parkedAt(stream, 1, second), skipped: [] });
    }
    await changeTo(bench, { stream: 'order-3', parked: undefined, skipped: [] });

    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await lot.listParked(projection, { limit: 1, ...(cursor === undefined ? {} : { cursor }) });
      pages.push(page.entries.map(({ stream }) => stream));
      cursor = page.cursor;
    } while (cursor !== undefined && pages.length < 10);

    deepStrictEqual(
      pages.map(({ length }) => length),
      [1, 1, 1, 1],
    );
    const listed = pages.flat();
    deepStrictEqual([...listed.slice(0, 2).sort(), ...listed.slice(2)], ['order-1', 'order-2', 'order-0', 'order-4']);
    const { entries } = await lot.listParked(projection, { descending: true, limit: 1 });
    deepStrictEqual(entries, [parkedAt('order-4', 1, 7)]);
  },

  'refuses a cursor and a limit that are none': async ({ lot, projection }) => {
    for (const request of [{ cursor: 'x' }, { limit: 0 }]) {
      await lot.listParked(projection, request).then(
        () => strictEqual(request, undefined),
        (error) => everfoldError('INVALID_ARGUMENT')(error),
      );
    }
  },
};
