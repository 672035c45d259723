import {
  type Backoff,
  type Clock,
  type Commit,
  checkWholeNumber,
  type Random,
  systemClock,
  systemRandom,
} from '@everfold/core';
import { groupByStream, type HandleCommits } from '@everfold/dynamodb-store';
import { createParking, type ParkingGate, type ParkingOptions } from '../parking/parking.js';
import { settleFailures } from '../parking/settle-failures.js';
import type { Projection } from '../projection.js';
import type { BesideRowsWrites, InRowWrites, RowWrites } from '../read-models/read-model-store.js';
import { BesideRowsPositions } from './beside-rows-positions.js';
import { type CommitSource, catchUp } from './catch-up.js';
import { InRowPositions } from './in-row-positions.js';
import { NewRowPositions } from './new-row-positions.js';
import type { PositionKeeping, WriteContext } from './position-keeping.js';
import { RowGuess } from './row-guess.js';
import { StreamMemory } from './stream-memory.js';
import { Turns } from './turns.js';
import { Work } from './work.js';

/** What a projector works with, beside the store of its rows. All but the projection and the event store have defaults. */
export interface ProjectingOptions<TRow extends object> {
  readonly projection: Projection<TRow>;
  /** Where commits are read that were not delivered. */
  readonly eventStore: CommitSource;
  readonly clock?: Clock;
  readonly random?: Random;
  /** How often a write is tried when others are first, at least 1. Default 10. */
  readonly attempts?: number;
  /** Waits between those attempts. Default: up to 10 ms, doubling, up to 1,000 ms. */
  readonly backoff?: Backoff;
  /** How many rows are written, or streams read, at a time. Default 16. */
  readonly concurrency?: number;
  /** Of how many streams it is remembered how far they have come, which saves reads. Default 10,000. */
  readonly remembered?: number;
  /** Where streams wait that keep failing. Default: they are delivered again until they succeed, and hold up their shard. */
  readonly parking?: ParkingOptions;
}

/** What a projector works with. All but the projection and the stores have defaults. */
export interface ProjectorOptions<TRow extends object> extends ProjectingOptions<TRow> {
  readonly readModels: RowWrites;
  /**
   * Whether the rows that are changed are likely to be `there`, or likely `new`, as in a rebuild: then they are written
   * without being read, while that proves right. The outcome is the same. Default `there`.
   */
  readonly rowsLikely?: 'there' | 'new';
}

/** Makes, once for a projector, what makes for each batch of work what keeps its positions. */
export type KeepPositions = (context: WriteContext) => () => PositionKeeping;

/** Keeps positions in the rows. */
export function inRows(readModels: InRowWrites): KeepPositions {
  return (context) => () => new InRowPositions(context, readModels);
}

/** Keeps positions beside the rows. */
export function besideRows(readModels: BesideRowsWrites): KeepPositions {
  return (context) => () => new BesideRowsPositions(context, readModels);
}

/** Keeps positions where the projection says. */
export function wherePositionsAre<TRow extends object>(options: ProjectorOptions<TRow>): KeepPositions {
  const { projection, readModels, rowsLikely = 'there' } = options;
  if (projection.positions === 'beside-rows') return besideRows(readModels);
  if (rowsLikely === 'there') return inRows(readModels);
  return (context) => {
    const guess = new RowGuess();
    return () => new NewRowPositions(context, readModels, guess);
  };
}

/** Applies commits once, and tells what came of them. */
export type Pass = (commits: readonly Commit[]) => Promise<Work>;

const DEFAULT_ATTEMPTS = 10;
const DEFAULT_BACKOFF: Backoff = { firstMs: 10, longestMs: 1_000 };
const DEFAULT_CONCURRENCY = 16;
const DEFAULT_REMEMBERED = 10_000;

/**
 * Makes the function that applies commits to the rows of a projection: each event exactly once, whatever is delivered
 * twice, late, out of order or not at all, and however many projectors run at the same time.
 *
 * A commit that was never delivered is found out by the next one of its stream that changes a row, or that reaches a
 * process which remembers the stream. A stream of which nothing is remembered, and no commit of the batch changes a row,
 * is left alone: nothing is read for it.
 *
 * @throws InvalidArgumentError when `attempts`, `concurrency` or `remembered` is not a whole number from 1.
 */
export function createProjector<TRow extends object>(options: ProjectorOptions<TRow>): HandleCommits {
  return projectorKeeping(options, wherePositionsAre(options));
}

/** The same, where it is known how positions are kept: a bundle then has no more of that than it needs. */
export function projectorKeeping<TRow extends object>(
  options: ProjectingOptions<TRow>,
  keep: KeepPositions,
): HandleCommits {
  const { projection, clock = systemClock, parking: parkingOptions } = options;
  const parking = parkingOptions && createParking(projection.rows.id, parkingOptions, clock);
  const pass = createPass(options, keep, parking);
  return async (commits) => {
    const work = await pass(commits);
    return parking === undefined ? work.failures : settleFailures({ pass, parking }, commits, work);
  };
}

/**
 * Makes what a projector does with commits, once.
 *
 * @param gate - Keeps out what waits or was skipped.
 * @param standing - A stream, and how far it is known to have come.
 */
export function createPass<TRow extends object>(
  options: ProjectingOptions<TRow>,
  keep: KeepPositions,
  gate?: ParkingGate,
  standing: ReadonlyMap<string, number> = new Map(),
): Pass {
  const { projection, eventStore, clock = systemClock, random = systemRandom } = options;
  const { attempts = DEFAULT_ATTEMPTS, backoff = DEFAULT_BACKOFF } = options;
  const { concurrency = DEFAULT_CONCURRENCY, remembered = DEFAULT_REMEMBERED } = options;
  checkWholeNumber(`attempts is ${attempts}`, attempts, 1);
  checkWholeNumber(`concurrency is ${concurrency}`, concurrency, 1);
  checkWholeNumber(`remembered is ${remembered}`, remembered, 1);
  const startBatch = keep({ projection, clock, random, attempts, backoff, concurrency });
  const memory = new StreamMemory(remembered);
  for (const [stream, version] of standing) memory.advance(stream, version);

  const turns = new Turns();

  const project = (commits: readonly Commit[]) => begin(new Work(projection, gate?.skips), commits, memory);
  const apply = async (commits: readonly Commit[], projected: Work): Promise<Work> => {
    for (let work = projected; ; work = project(commits)) {
      const positions = startBatch();
      await positions.learn(work);
      // What it learns to be skipped, it is no use to have projected.
      if (await gate?.keepOut(work)) continue;
      await catchUp(work, eventStore, concurrency);
      await positions.write(work);
      // What is still open needed no write: everything before it is applied, and it changes nothing.
      for (const [stream, [...done]] of work.streams()) work.advance(stream, done.at(-1)?.last ?? 0);
      for (const [stream, version] of work.known) memory.advance(stream, version);
      return work;
    }
  };
  return async (commits) => {
    const work = project(commits);
    return turns.take(work.rows(), () => apply(commits, work));
  };
}

/** Projects a batch, without what is remembered to be applied. */
function begin(work: Work, commits: readonly Commit[], memory: StreamMemory): Work {
  for (const [stream, [first]] of groupByStream(commits)) {
    const known = memory.get(stream) ?? (first?.version === 1 ? 0 : undefined);
    if (known !== undefined) work.advance(stream, known);
  }
  const projected = work.project(commits);
  const changed = new Set<string>();
  for (const { commit, changes } of projected) if (changes.length > 0) changed.add(commit.stream);
  work.replace(projected.filter(({ commit: { stream } }) => work.known.has(stream) || changed.has(stream)));
  return work;
}
