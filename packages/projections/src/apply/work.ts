import { type Commit, recordedEvents, restOf } from '@everfold/core';
import { groupByStream, type StreamFailure } from '@everfold/dynamodb-store';
import type { Change } from '../changes.js';
import { isSkipped, type Skips } from '../parking/skips.js';
import type { Projection } from '../projection.js';

/** A commit, and what the projection makes of it. */
export interface ProjectedCommit {
  readonly commit: Commit;
  readonly changes: readonly Change[];
}

/** Projects a commit. Throws what the projection's handlers throw. */
function projectCommit(projection: Pick<Projection<object>, 'changesOf'>, commit: Commit): ProjectedCommit {
  return { commit, changes: recordedEvents(commit).flatMap((event) => projection.changesOf(event)) };
}

/**
 * What of a commit comes after a version. A commit may be applied in part: one of several items is delivered item by item
 * and read as a whole, and one that changes more rows than a transaction takes is written event by event.
 */
export function projectRest(
  projection: Pick<Projection<object>, 'changesOf'>,
  projected: ProjectedCommit,
  after: number,
): ProjectedCommit {
  return after < projected.commit.version ? projected : projectCommit(projection, restOf(projected.commit, after));
}

/** A commit that a stream stopped at, and why. */
export interface Stop {
  readonly commit: Commit;
  readonly failure: StreamFailure;
}

/**
 * What is to be applied of a batch: each stream's commits in version order, streams interleaved as they arrived.
 * A stream stops at its first failure; the others go on.
 */
export class Work {
  readonly #projection: Projection<object>;
  /** Versions that count as ones without changes. */
  readonly skips: Skips;
  readonly #known = new Map<string, number>();
  readonly #stops = new Map<string, Stop>();
  readonly #parked = new Set<string>();
  #commits: readonly ProjectedCommit[] = [];

  constructor(projection: Projection<object>, skips: Skips = new Map()) {
    this.#projection = projection;
    this.skips = skips;
  }

  /** Whether a commit is neither known to be applied nor held back. */
  isOpen({ stream, last }: Commit): boolean {
    if (this.#parked.has(stream)) return false;
    const stop = this.#stops.get(stream);
    return last > (this.#known.get(stream) ?? 0) && (stop === undefined || last <= stop.failure.after);
  }

  /** The commits that are neither known to be applied nor held back. */
  open(): readonly ProjectedCommit[] {
    return this.#commits.filter(({ commit }) => this.isOpen(commit));
  }

  /** The same, stream by stream. */
  streams(): ReadonlyMap<string, readonly Commit[]> {
    return groupByStream(this.open().map(({ commit }) => commit));
  }

  /** The rows that the open commits change. */
  rows(): ReadonlySet<string> {
    const rows = new Set<string>();
    for (const { changes } of this.open()) for (const { key } of changes) rows.add(key);
    return rows;
  }

  /** Goes on with these commits in place of the ones before. */
  replace(commits: readonly ProjectedCommit[]): void {
    this.#commits = commits;
  }

  /** Projects commits, given in version order; a stream stops where that fails. */
  project(commits: readonly Commit[]): ProjectedCommit[] {
    const projected: ProjectedCommit[] = [];
    for (const commit of commits) {
      if (!this.isOpen(commit)) continue;
      try {
        projected.push({ commit, changes: this.#changesOf(commit) });
      } catch (error) {
        this.stop(commit, error);
      }
    }
    return projected;
  }

  #changesOf(commit: Commit): readonly Change[] {
    const skipped = this.skips.get(commit.stream);
    const changes: Change[] = [];
    for (const event of recordedEvents(commit)) {
      if (isSkipped(skipped, event.version)) continue;
      for (const change of this.#projection.changesOf(event)) changes.push(change);
    }
    return changes;
  }

  /** How far each stream is known to have come: everything up to its version is in the read model. */
  get known(): ReadonlyMap<string, number> {
    return this.#known;
  }

  /** Notes how far a stream has come. */
  advance(stream: string, version: number): void {
    this.#known.set(stream, Math.max(version, this.#known.get(stream) ?? 0));
  }

  get failures(): readonly StreamFailure[] {
    return [...this.#stops.keys()].flatMap((stream) => this.stopOf(stream)?.failure ?? []);
  }

  /** Why a stream stopped, and where; `undefined` when it did not, or waits elsewhere. */
  stopOf(stream: string): Stop | undefined {
    return this.#parked.has(stream) ? undefined : this.#stops.get(stream);
  }

  /** Leaves a stream out: it waits elsewhere, which is no failure. */
  leaveParked(stream: string): void {
    this.#parked.add(stream);
  }

  /** Stops a stream before a commit that cannot be applied. */
  stop(commit: Commit, error: unknown): void {
    const { stream, version } = commit;
    const earlier = this.#stops.get(stream);
    if (earlier !== undefined && earlier.commit.version <= version) return;
    this.#stops.set(stream, { commit, failure: { stream, after: version - 1, error } });
  }
}
