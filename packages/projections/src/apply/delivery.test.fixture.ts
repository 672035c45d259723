import { type Commit, endOf, InMemoryEventStore, startOf, UnavailableError } from '@everfold/core';
import { encodeStreamRecord } from '@everfold/dynamodb-store';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Row } from '../changes.js';
import { projectionHandler } from '../handler.js';
import type { Projection } from '../projection.js';
import type { ReadModelStore } from '../read-models/read-model-store.js';
import { createReader } from '../reader.js';
import type { CommitSource } from './catch-up.js';
import { foldLedger, type LedgerProjection } from './ledger.test.fixture.js';

const rowKeys = fc.uniqueArray(fc.constantFrom('r0', 'r1', 'r2'), { minLength: 1 });
type AnyEvent = { type: string; data: object };

export const event: fc.Arbitrary<AnyEvent> = fc.oneof(
  fc.record({ type: fc.constant('Noted'), data: fc.record({ rows: rowKeys }) }),
  fc.record({
    type: fc.constant('Counted'),
    data: fc.record({ rows: rowKeys, amount: fc.integer({ min: -9, max: 99 }) }),
  }),
  fc.constantFrom('Kept', 'Dropped', 'Ignored').map((type) => ({ type, data: {} })),
);

const wideEvent = fc.record({
  type: fc.constant('Spread'),
  data: fc.record({ rows: fc.integer({ min: 90, max: 220 }) }),
});

export const faultKinds = ['none', 'none', 'none', 'before', 'after'] as const;
export type Faults = (typeof faultKinds)[number][];

const streams = (of: fc.Arbitrary<AnyEvent>) =>
  fc.array(fc.array(fc.array(of, { minLength: 1, maxLength: 3 }), { maxLength: 6 }), { minLength: 1, maxLength: 3 });
const faults = fc.array(fc.constantFrom(...faultKinds), { maxLength: 30 });

/** What is recorded in a shard, and how a mapping reads it. */
export const mappedHistories = fc.record({
  streams: streams(event),
  inItems: fc.boolean(),
  /** Where each record stands in the shard: DynamoDB orders the records of an item only. */
  places: fc.array(fc.nat({ max: 50 }), { minLength: 60, maxLength: 60 }),
  /** Records that are delivered once more, later. */
  doubles: fc.array(fc.nat(), { maxLength: 6 }),
  faults,
  /** What becomes of each invocation: nothing, or it dies before or after its work. */
  crashes: faults,
  mapping: fc.record({
    batchSize: fc.integer({ min: 1, max: 8 }),
    parallelizationFactor: fc.integer({ min: 1, max: 3 }),
    bisectBatchOnFunctionError: fc.boolean(),
    maximumRetryAttempts: fc.constantFrom(-1, -1, 0, 2),
  }),
  closing: event.filter(({ type }) => type !== 'Ignored'),
});

/** What is recorded, and what befalls its delivery. */
function historiesOf(event: fc.Arbitrary<AnyEvent>) {
  return fc.record({
    /** The events of each commit of each stream. */
    streams: streams(event),
    /** Whether a commit of several events is delivered as the items of a large commit are: in two records. */
    inItems: fc.boolean(),
    /** Waves of batches; those of a wave are handled at the same time, each by one of three processes. */
    waves: fc.array(
      fc.array(
        fc.record({
          process: fc.nat({ max: 2 }),
          restarted: fc.boolean(),
          /** Which commits are delivered, out of all: in any order, some twice, some never. */
          picks: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      { maxLength: 5 },
    ),
    /** What becomes of each request to a store, one after the other; when they are used up, nothing more goes wrong. */
    faults,
    /** In the end one more commit of each stream arrives, at one of the processes: it changes a row, so it tells of gaps. */
    closing: fc.record({ process: fc.nat({ max: 2 }), event: event.filter(({ type }) => type !== 'Ignored') }),
  });
}

/** Histories of commits that each fit into a transaction, and of such that do not. */
export const histories = historiesOf(event);
export const wideHistories = historiesOf(fc.oneof(event, wideEvent, wideEvent));

export type History = typeof histories extends fc.Arbitrary<infer THistory> ? THistory : never;

/** How many histories a test lives through: set RUNS for a long search. */
export function runs(usual: number): number {
  return Number(process.env.RUNS ?? usual);
}

/** How what happens at the same time is interleaved. */
export interface Interleaving {
  /** Lets others go first. */
  readonly pause: () => Promise<unknown>;
  readonly all: (promises: readonly Promise<unknown>[]) => Promise<unknown>;
}

/** Lives through a history. */
export async function live(
  history: History,
  projection: LedgerProjection,
  readModels: ReadModelStore,
  { pause, all }: Interleaving,
) {
  const events = new InMemoryEventStore();
  const streams = await Promise.all(
    history.streams.map((commits, index) => record(events, `stream-${index}`, [...commits, [history.closing.event]])),
  );
  const commits = streams.flatMap((ofStream) => ofStream.slice(0, -1));
  const earlier = history.inItems ? commits.flatMap(itemsOf) : commits;
  const faults: Faults = [...history.faults];
  const heard: unknown[] = [];
  const start = () =>
    projectionHandler({
      projection,
      eventStore: faultySource(events, faults, pause),
      readModels: faultyStore(readModels, faults, pause),
      clock: { now: () => 0, sleep: async () => void (await pause()) },
      random: () => 0,
      onFailure: ({ error }) => heard.push(error),
    });
  const handlers = [start(), start(), start()];
  const deliver = async (process: number, commits: readonly Commit[]) => {
    const Records = commits.map((commit, index) => encodeStreamRecord(commit, index + 1));
    return handlers[process]?.({ Records });
  };

  const snapshots: Record<string, Row>[] = [];
  for (const wave of history.waves) {
    for (const { process, restarted } of wave) if (restarted) handlers[process] = start();
    await all(
      wave.map(({ process, picks }) =>
        deliver(
          process,
          picks.flatMap((pick) => earlier[pick % earlier.length] ?? []),
        ),
      ),
    );
    snapshots.push(await readRows(projection, readModels));
  }

  faults.length = 0;
  heard.length = 0;
  await all([
    deliver(
      history.closing.process,
      streams.flatMap((commits) => commits.slice(-1)),
    ),
  ]);
  return { snapshots, heard, rows: await readRows(projection, readModels), expected: foldLedger(streams.flat()) };
}

/** No row has ever seen an event twice, or a later one before an earlier. */
export function expectOrdered(rows: Record<string, Row>): void {
  for (const [key, row] of Object.entries(rows)) {
    if (key.startsWith('total-')) continue;
    for (const versions of Object.values(row)) {
      expect(versions).toEqual([...new Set(versions as number[])].sort((one, other) => one - other));
    }
  }
}

/** The first event of a commit, and the rest. */
export function itemsOf(commit: Commit): Commit[] {
  const { version, last, events } = commit;
  if (version === last) return [commit];
  return [
    { ...commit, last: version, events: events.slice(0, 1) },
    { ...commit, version: version + 1, events: events.slice(1), offset: 1 },
  ];
}

type NewEvents = readonly { readonly type: string; readonly data: unknown }[];

export async function record(
  store: InMemoryEventStore,
  stream: string,
  commits: readonly NewEvents[],
): Promise<Commit[]> {
  const recorded: Commit[] = [];
  for (const events of commits) {
    const before = recorded.at(-1);
    const after = before === undefined ? startOf(stream) : endOf(before);
    recorded.push(await store.append({ after, events, metadata: { correlationId: 'c', causationId: 'c' } }));
  }
  return recorded;
}

export async function readRows<TRow extends object>(
  projection: Projection<TRow>,
  readModels: ReadModelStore,
): Promise<Record<string, TRow>> {
  const { rows } = await createReader(projection, readModels).all({ limit: 1000, consistent: true });
  return Object.fromEntries(rows.map(({ key, row }) => [key, row]));
}

/** Sends requests that fail before or after they take effect. */
export function lossy(faults: Faults, pause: Interleaving['pause']) {
  return async <TResult>(request: () => Promise<TResult>): Promise<TResult> => {
    await pause();
    const fault = faults.shift();
    if (fault === 'before') throw new UnavailableError('lost before');
    const result = await request();
    await pause();
    if (fault === 'after') throw new UnavailableError('lost after');
    return result;
  };
}

/** A store whose requests fail before or after they take effect. */
export function faultyStore(store: ReadModelStore, faults: Faults, pause: Interleaving['pause']): ReadModelStore {
  const around = lossy(faults, pause);
  return {
    load: (rows, keys) => around(() => store.load(rows, keys)),
    save: (rows, write) => around(() => store.save(rows, write)),
    positions: (rows, streams) => around(() => store.positions(rows, streams)),
    transact: (rows, transaction) => around(() => store.transact(rows, transaction)),
    get: (rows, key, options) => store.get(rows, key, options),
    list: (rows, request) => store.list(rows, request),
    all: (rows, request) => store.all(rows, request),
  };
}

export function faultySource(source: CommitSource, faults: Faults, pause: Interleaving['pause']): CommitSource {
  return {
    async *read(stream, range) {
      await pause();
      if (faults.shift() === 'before') throw new UnavailableError('lost before');
      yield* source.read(stream, range);
    },
  };
}
