import { type Backoff, type Commit, isEverfoldError, systemClock, systemRandom } from '@everfold/core';
import { persist } from '../apply/position-keeping.js';
import { createPass, type Pass, type ProjectorOptions, wherePositionsAre } from '../apply/projector.js';
import { isPoison, stuckAt } from './parking.js';
import type { StuckCommit } from './parking-lot.js';
import { firstToFail } from './settle-failures.js';
import { readAround, type SkippedVersions } from './skips.js';

/** A commit that a stream stops at again. */
export interface Stuck {
  readonly commit: StuckCommit;
  readonly error: unknown;
}

/** Commits applied at a time. */
const BATCH = 100;
const ATTEMPTS = 10;
const BACKOFF: Backoff = { firstMs: 10, longestMs: 1_000 };

/**
 * Applies a stream from the event store, by the way that live commits go, around what was skipped. It begins where the
 * stream is known to stand: with positions in the rows that is the beginning, and rows pass over what they have applied.
 */
export class Drain<TRow extends object> {
  readonly #options: ProjectorOptions<TRow>;
  readonly #stream: string;
  readonly #skipped: readonly SkippedVersions[];
  #pass: Pass;
  #after: number;

  private constructor(
    options: ProjectorOptions<TRow>,
    { stream, skipped, after }: { stream: string; skipped: readonly SkippedVersions[]; after: number },
  ) {
    this.#options = options;
    this.#stream = stream;
    this.#skipped = skipped;
    this.#after = after;
    this.#pass = this.#passFromHere();
  }

  static async of<TRow extends object>(
    options: ProjectorOptions<TRow>,
    stream: string,
    skipped: readonly SkippedVersions[],
  ): Promise<Drain<TRow>> {
    const { projection, readModels } = options;
    const beside = projection.positions === 'beside-rows';
    const after = beside ? (await readModels.positions(projection.rows, [stream])).get(stream) : 0;
    return new Drain(options, { stream, skipped, after: after ?? 0 });
  }

  /**
   * Applies what there is, from where the last run ended.
   *
   * @returns The commit that the stream stops at, if one fails by its own fault.
   * @throws Whatever is an outage.
   */
  async run(): Promise<Stuck | undefined> {
    try {
      return await this.#runTo(undefined);
    } catch (error) {
      const version = brokenVersionOf(error, this.#stream);
      if (version === undefined || version <= this.#after) throw error;
      // A page of the event store comes whole or not at all: what is before the broken commit is read again.
      const commit = { stream: this.#stream, version, last: undefined, commitId: undefined };
      return (await this.#runTo(version - 1)) ?? { commit, error };
    }
  }

  async #runTo(upTo: number | undefined): Promise<Stuck | undefined> {
    const range = { after: this.#after, upTo, skipped: this.#skipped };
    let batch: Commit[] = [];
    for await (const { commit, last } of readAround(this.#options.eventStore, this.#stream, range)) {
      if (commit !== undefined) batch.push(commit);
      if (commit !== undefined && batch.length < BATCH) continue;
      const stuck = await this.#apply(batch);
      if (stuck !== undefined) return stuck;
      batch = [];
      if (commit === undefined) await this.#passOver(last);
    }
    return this.#apply(batch);
  }

  async #apply(batch: readonly Commit[]): Promise<Stuck | undefined> {
    const stopped = await this.#stopOf(batch);
    if (stopped === undefined) {
      this.#after = batch.at(-1)?.last ?? this.#after;
      return undefined;
    }
    const { failure, commit } = stopped;
    if (!isPoison(failure.error)) throw failure.error;
    return { commit: stuckAt(commit), error: failure.error };
  }

  async #stopOf(batch: readonly Commit[]) {
    const stopped = (await this.#pass(batch)).stopOf(this.#stream);
    if (stopped === undefined || !isPoison(stopped.failure.error)) return stopped;
    return firstToFail(this.#pass, batch);
  }

  /** Moves a position beside the rows beyond what was skipped: so no later delivery applies it, whatever code it meets. */
  async #passOver(last: number): Promise<void> {
    const { projection, readModels, clock = systemClock, random = systemRandom } = this.#options;
    const ports = { clock, random, attempts: ATTEMPTS, backoff: BACKOFF };
    if (projection.positions === 'beside-rows') {
      // Of a commit that was too large for a transaction, some may be in: what is skipped is the rest.
      let here = { from: this.#after, rowsFrom: 0 };
      await persist(ports, `The position of stream "${this.#stream}" with ${projection.rows.id}`, async () => {
        const advances = [{ stream: this.#stream, ...here, to: last }];
        const outcome = await readModels.transact(projection.rows, { advances, writes: [], increments: [] });
        if (outcome.done) return true;
        const from = outcome.positions.get(this.#stream) ?? here.from;
        here = { from, rowsFrom: outcome.begun?.get(this.#stream) ?? 0 };
        return from >= last;
      });
    }
    this.#after = last;
    this.#pass = this.#passFromHere();
  }

  #passFromHere(): Pass {
    const gate = { skips: new Map([[this.#stream, this.#skipped]]), keepOut: async () => false };
    return createPass(this.#options, wherePositionsAre(this.#options), gate, new Map([[this.#stream, this.#after]]));
  }
}

/** The version of a stream's commit that the event store cannot give out. */
function brokenVersionOf(error: unknown, stream: string): number | undefined {
  if (!isEverfoldError(error, 'STREAM_CORRUPTED') || !('stream' in error) || !('version' in error)) return undefined;
  return error.stream === stream && Number.isSafeInteger(error.version) ? Number(error.version) : undefined;
}
