import { type Commit, recordedEvents } from '@everfold/core';
import { groupByStream, type StreamFailure } from '@everfold/dynamodb-store';
import type { Change } from '../changes.js';
import type { Projection } from '../projection.js';

/** A commit, and what the projection makes of it. */
export interface ProjectedCommit {
  readonly commit: Commit;
  readonly changes: readonly Change[];
}

/**
 * What is to be applied of a batch: each stream's commits in version order, streams interleaved as they arrived.
 * A stream stops at its first failure; the others go on.
 */
export class Work {
  readonly #projection: Projection<object>;
  readonly #known = new Map<string, number>();
  readonly #failures = new Map<string, StreamFailure>();
  #commits: readonly ProjectedCommit[] = [];

  constructor(projection: Projection<object>) {
    this.#projection = projection;
  }

  /** Whether a commit is neither known to be applied nor held back. */
  isOpen({ stream, version, last }: Commit): boolean {
    const failure = this.#failures.get(stream);
    return last > (this.#known.get(stream) ?? 0) && (failure === undefined || version <= failure.after);
  }

  /** The commits that are neither known to be applied nor held back. */
  open(): readonly ProjectedCommit[] {
    return this.#commits.filter(({ commit }) => this.isOpen(commit));
  }

  /** The same, stream by stream. */
  streams(): ReadonlyMap<string, readonly Commit[]> {
    return groupByStream(this.open().map(({ commit }) => commit));
  }

  /** Goes on with these commits in place of the ones before. */
  replace(commits: readonly ProjectedCommit[]): void {
    this.#commits = commits;
  }

  /** Projects commits, given in version order; a stream stops where that fails. */
  project(commits: readonly Commit[]): ProjectedCommit[] {
    return commits.flatMap((commit) => {
      if (!this.isOpen(commit)) return [];
      try {
        return [{ commit, changes: recordedEvents(commit).flatMap((event) => this.#projection.changesOf(event)) }];
      } catch (error) {
        this.stop(commit, error);
        return [];
      }
    });
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
    return [...this.#failures.values()];
  }

  /** Stops a stream before a commit that cannot be applied. */
  stop({ stream, version }: Commit, error: unknown): void {
    const earlier = this.#failures.get(stream);
    if (earlier !== undefined && earlier.after < version) return;
    this.#failures.set(stream, { stream, after: version - 1, error });
  }
}
