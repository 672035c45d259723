import { type Commit, InMemoryEventStore, isEverfoldError } from '@everfold/core';
import { encodeStreamRecord } from '@everfold/dynamodb-store';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { CommitSource } from '../apply/catch-up.js';
import {
  event,
  type Faults,
  faultKinds,
  faultySource,
  faultyStore,
  type Interleaving,
  lossy,
  readRows,
  record,
} from '../apply/delivery.test.fixture.js';
import { foldLedger, type LedgerProjection } from '../apply/ledger.test.fixture.js';
import { type Row, update } from '../changes.js';
import { projectionHandler } from '../handler.js';
import type { ReadModelStore } from '../read-models/read-model-store.js';
import { createParkingDesk, type ParkingDesk } from './desk.js';
import type { ParkedStream, ParkingLot } from './parking-lot.js';
import { isSkipped } from './skips.js';

/** How a commit fails: where it is projected, or where its changes are folded onto their rows; and how that ends. */
const poisons = fc.record({
  stream: fc.nat(),
  commit: fc.nat(),
  fails: fc.constantFrom('projecting', 'folding'),
  /** What can be fixed is retried; what cannot be is skipped. */
  ends: fc.constantFrom('fixed', 'skipped'),
});

const deliver = fc.record({
  kind: fc.constant('deliver' as const),
  process: fc.nat({ max: 2 }),
  restarted: fc.boolean(),
  picks: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
});
const operate = fc.record({
  kind: fc.constantFrom('retry' as const, 'skip' as const, 'fix' as const),
  stream: fc.nat(),
});

/** What is recorded, which commits are poison, and what handlers and operators do meanwhile. */
export const parkedHistories = fc.record({
  streams: fc.array(fc.array(fc.array(event, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 3,
  }),
  poisons: fc.array(poisons, { minLength: 1, maxLength: 3 }),
  /** What is in a wave happens at the same time. */
  waves: fc.array(fc.array(fc.oneof({ weight: 3, arbitrary: deliver }, operate), { minLength: 1, maxLength: 3 }), {
    maxLength: 8,
  }),
  faults: fc.array(fc.constantFrom(...faultKinds), { maxLength: 30 }),
  closing: fc.record({ process: fc.nat({ max: 2 }), event: event.filter(({ type }) => type !== 'Ignored') }),
});

type ParkedHistory = typeof parkedHistories extends fc.Arbitrary<infer THistory> ? THistory : never;

interface Poison {
  readonly commit: Commit;
  readonly fails: string;
  readonly ends: string;
  fixed: boolean;
}

/** What was seen between two waves. */
export interface Between {
  readonly rows: Record<string, Row>;
  /** Streams that wait at a commit that still fails. */
  readonly waiting: readonly ParkedStream[];
}

/** Lives through a history with poison in it. */
export async function liveParked(
  history: ParkedHistory,
  ledger: LedgerProjection,
  { readModels, lot }: { readModels: ReadModelStore; lot: ParkingLot },
  { pause, all }: Interleaving,
) {
  const events = new InMemoryEventStore();
  const streams = await Promise.all(
    history.streams.map((commits, index) => record(events, `stream-${index}`, [...commits, [history.closing.event]])),
  );
  const earlier = streams.flatMap((commits) => commits.slice(0, -1));
  const poison = poisonIn(history, streams);
  const projection = poisoned(ledger, poison);
  const faults: Faults = [...history.faults];
  const horizon = new Map<string, number>();
  const id = projection.rows.id;
  const shared = {
    projection,
    eventStore: faultySource(recordedUpTo(events, horizon), faults, pause),
    readModels: faultyStore(readModels, faults, pause),
    clock: { now: () => 0, sleep: async () => void (await pause()) },
    random: () => 0,
  };
  let tickets = 0;
  const parking = { lot: faultyLot(lot, faults, pause), onParking: () => {}, ids: () => `ticket-${++tickets}` };
  const start = () =>
    projectionHandler({
      ...shared,
      parking: { ...parking, attempts: 2 },
      onFailure: () => {},
    });
  const desk = createParkingDesk({ ...shared, ...parking });
  const handlers = [start(), start(), start()];
  /** The last version of each stream that was reported as handled and changes rows: nothing up to it may get lost. */
  const handled = new Map<string, number>();
  const deliverTo = async (process: number, commits: readonly Commit[]) => {
    for (const { stream, last } of commits) horizon.set(stream, Math.max(last, horizon.get(stream) ?? 0));
    const Records = commits.map((commit, index) => encodeStreamRecord(commit, index + 1));
    const handler = handlers[process] ?? start();
    const { batchItemFailures } = await handler({ Records });
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier)));
    commits.forEach((commit, index) => {
      if (failed.has(index + 1) || commit.events.every(({ type }) => type === 'Ignored')) return;
      handled.set(commit.stream, Math.max(commit.last, handled.get(commit.stream) ?? 0));
    });
    return failed.size === 0;
  };

  const between: Between[] = [];
  for (const wave of history.waves) {
    for (const action of wave) if (action.kind === 'deliver' && action.restarted) handlers[action.process] = start();
    await all(
      wave.map(async (action) => {
        if (action.kind === 'deliver') {
          return deliverTo(
            action.process,
            action.picks.flatMap((pick) => earlier[pick % earlier.length] ?? []),
          );
        }
        return operateOn(desk, poison, { kind: action.kind, stream: `stream-${action.stream % streams.length}` });
      }),
    );
    const { entries } = await lot.listParked(id, {});
    const standings = await lot.standings(
      id,
      entries.map(({ stream }) => stream),
    );
    const isPassed = ({ stream, version }: ParkedStream) => isSkipped(standings.get(stream)?.skipped, version);
    between.push({
      rows: await readRows(ledger, readModels),
      waiting: entries.filter(
        (entry) =>
          entry.state === 'parked' &&
          !isPassed(entry) &&
          poison.some((one) => stillFails(one, entry.stream, entry.version)),
      ),
    });
  }

  faults.length = 0;
  await all([finish(desk, poison)]);
  const drained = await readRows(ledger, readModels);
  const reported = new Map(handled);
  const last = streams.flatMap((commits) => commits.slice(-1));
  const deliverLast = async () => {
    // As Lambda does, until it is handled: here, until each poison is parked.
    for (let attempt = 1; attempt <= 20; attempt++) {
      if (await deliverTo(history.closing.process, last)) return;
      await finish(desk, poison);
    }
  };
  await all([deliverLast()]);
  await all([finish(desk, poison)]);
  const skipped = (await lot.listSkipped(id, {})).entries;
  const expected = foldLedger(
    streams
      .flat()
      .filter(({ stream, version }) => !skipped.some((one) => one.stream === stream && one.version === version)),
  );
  const { entries: parked } = await lot.listParked(id, {});
  return { between, drained, handled: reported, skipped, parked, rows: await readRows(ledger, readModels), expected };
}

/** Fixes what can be fixed, skips what cannot be, and retries the rest, until nothing waits. */
async function finish(desk: ParkingDesk, poison: readonly Poison[]): Promise<void> {
  for (const one of poison) one.fixed = one.fixed || one.ends === 'fixed';
  for (let round = 0; round < 20; round++) {
    const { entries } = await desk.list();
    if (entries.length === 0) return;
    for (const { stream } of entries) {
      if (!(await operateOn(desk, poison, { kind: 'skip', stream }))) {
        await operateOn(desk, poison, { kind: 'retry', stream });
      }
    }
  }
}

/** @returns Whether it was done. */
async function operateOn(
  desk: ParkingDesk,
  poison: readonly Poison[],
  { kind, stream }: { kind: 'retry' | 'skip' | 'fix'; stream: string },
): Promise<boolean> {
  try {
    if (kind === 'fix') {
      const sick = poison.find((one) => one.commit.stream === stream && one.ends === 'fixed');
      if (sick !== undefined) sick.fixed = true;
    } else if (kind === 'retry') {
      await desk.retry(stream);
    } else {
      const version = (await desk.inspect(stream))?.parked.version;
      const isHopeless = poison.some((one) => one.ends === 'skipped' && stillFails(one, stream, version));
      if (version === undefined || !isHopeless) return false;
      await desk.skip(stream, { version, by: 'ada', reason: 'hopeless' });
    }
    return true;
  } catch (error) {
    const expected = isEverfoldError(error, 'UNAVAILABLE') || isEverfoldError(error, 'NOT_PARKED');
    if (!expected && !isEverfoldError(error, 'READ_MODEL_CONTENDED')) throw error;
    return false;
  }
}

function poisonIn(history: ParkedHistory, streams: readonly Commit[][]): Poison[] {
  const found = new Map<string, Poison>();
  for (const { stream, commit: place, fails, ends } of history.poisons) {
    const commits = streams[stream % streams.length] ?? [];
    const commit = commits[place % Math.max(1, commits.length - 1)];
    if (commit !== undefined) found.set(`${commit.stream}@${commit.version}`, { commit, fails, ends, fixed: false });
  }
  return [...found.values()];
}

function stillFails({ commit, fixed }: Poison, stream: string, version: number | undefined): boolean {
  return !fixed && commit.stream === stream && commit.version === version;
}

function poisoned(ledger: LedgerProjection, poison: readonly Poison[]): LedgerProjection {
  return {
    ...ledger,
    changesOf: (recorded) => {
      const changes = ledger.changesOf(recorded);
      const sick = poison.find(({ commit, fixed }) => {
        const within = commit.version <= recorded.version && recorded.version <= commit.last;
        return !fixed && commit.stream === recorded.stream && within;
      });
      if (sick === undefined) return changes;
      if (sick.fails === 'projecting' || changes.length === 0) throw new Error('poison');
      return changes.map(({ key }) =>
        update<Row>(key, () => {
          throw new Error('poison');
        }),
      );
    },
  };
}

/** What was recorded so far: a commit is there before it is delivered. */
function recordedUpTo(source: CommitSource, horizon: ReadonlyMap<string, number>): CommitSource {
  return {
    async *read(stream, range) {
      for await (const commit of source.read(stream, range)) {
        if (commit.last > (horizon.get(stream) ?? 0)) return;
        yield commit;
      }
    },
  };
}

function faultyLot(lot: ParkingLot, faults: Faults, pause: Interleaving['pause']): ParkingLot {
  const around = lossy(faults, pause);
  return {
    count: (projection, commit, at) => around(() => lot.count(projection, commit, at)),
    standings: (projection, streams) => around(() => lot.standings(projection, streams)),
    save: (projection, write) => around(() => lot.save(projection, write)),
    listParked: (projection, request) => around(() => lot.listParked(projection, request)),
    listSkipped: (projection, request) => around(() => lot.listSkipped(projection, request)),
  };
}

/** No row has seen anything of a stream that waits, from the commit on that it waits at. */
export function expectWaiting(rows: Record<string, Row>, waiting: readonly ParkedStream[]): void {
  for (const { stream, version } of waiting) {
    for (const row of Object.values(rows)) {
      const seen = row[stream] as readonly number[] | undefined;
      expect(seen?.filter((one) => one >= version) ?? []).toEqual([]);
    }
  }
}

/** Once what waited is drained, the rows have seen everything up to what handlers reported as handled. */
export function expectNothingLost({ drained, handled, expected }: Awaited<ReturnType<typeof liveParked>>): void {
  for (const key of ['r0', 'r1', 'r2']) {
    for (const [stream, version] of handled) {
      const upTo = (rows: Record<string, Row>) =>
        ((rows[key]?.[stream] ?? []) as readonly number[]).filter((one) => one <= version);
      expect(upTo(drained)).toEqual(upTo(expected));
    }
  }
}
